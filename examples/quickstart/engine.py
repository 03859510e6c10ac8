"""A workflow of three steps, as an engine would run it. It knows nothing of orqo-vault: it reads its environment.

orqo-vault run -- python engine.py http://127.0.0.1:8080
"""

from __future__ import annotations

import json
import os
import smtplib
import sys
import urllib.request
from email.message import EmailMessage

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import load_ssh_private_key


def ask_the_model(base_url: str) -> str:
    """Call a chat endpoint with the key where every OpenAI client looks for it."""
    request = urllib.request.Request(
        f"{base_url}/v1/chat/completions",
        data=json.dumps({"model": "gpt-4o-mini", "messages": [{"role": "user", "content": "Say hello"}]}).encode(),
        headers={"Authorization": f"Bearer {os.environ['OPENAI_API_KEY']}", "Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=10) as answer:
        content: str = json.load(answer)["choices"][0]["message"]["content"]
        return content


def mail(text: str) -> None:
    """Send a mail with the variables every SMTP tool knows."""
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "engine@acme.example", "ana@acme.example", "hello"
    message.set_content(text)
    with smtplib.SMTP(os.environ["SMTP_HOST"], int(os.environ["SMTP_PORT"]), timeout=10) as server:
        server.login(os.environ["SMTP_USERNAME"], os.environ["SMTP_PASSWORD"])
        server.send_message(message)


def sign(text: str) -> bytes:
    """Sign with the SSH key, loaded as paramiko and asyncssh load it: from its text."""
    key = load_ssh_private_key(os.environ["DEPLOY_KEY"].encode(), password=None)
    if not isinstance(key, Ed25519PrivateKey):
        raise TypeError("the demo's key is an ed25519 key")
    return key.sign(text.encode())


def main() -> None:
    """Run the workflow."""
    answer = ask_the_model(sys.argv[1])
    print(f"step 1  llm    the model answered {answer!r}")
    mail(answer)
    print("step 2  mail   logged in and sent")
    print(f"step 3  ssh    signed with the deploy key: {len(sign(answer))} bytes")
    print(f"        keys of the store in this environment: {[n for n in os.environ if n.startswith('ORQO_VAULT')]}")


if __name__ == "__main__":
    main()

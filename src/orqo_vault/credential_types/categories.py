"""What each category is for, in a few words, where somebody chooses one."""

from __future__ import annotations

from collections.abc import Mapping

from orqo_vault.credential import Category

ABOUT: Mapping[Category, str] = {
    Category.LLM_PROVIDER: "a model provider's key",
    Category.MCP_SERVICE: "a service that agents reach over MCP",
    Category.RUNTIME: "what the workflow's own code needs",
    Category.COMMUNICATION: "mail, chat, messages",
    Category.SSH_KEY: "a key for SSH and git",
    Category.CUSTOM: "anything else, with fields of your own",
}

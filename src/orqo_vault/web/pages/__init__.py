"""The pages: one shell that holds no data, and fragments of HTML that its script asks for with the session's token.

A browser sends nothing by itself that would log it in, so what it opens by an address (or a reload, or a link) is
always the same shell; its script then asks for ``/pages/…``, the fragment of that address. Forms are sent as JSON.
"""

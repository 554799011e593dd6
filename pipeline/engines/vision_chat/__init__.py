"""An extract engine for services that speak OpenAI's chat protocol and see pictures.

asking: parts of pages (parts) are cut out (pictures), asked for by a JSON schema
(schema) through a client with limits (client, limits, meter); what came back is kept
(answers). understanding: kept answers become claims (understanding) that stand where
words of the page say the same (grounding). The second half needs no service: replay is
just that.
"""

from __future__ import annotations

from pipeline.engines.vision_chat.replaying import replay

__all__ = ["replay"]

from __future__ import annotations

from whitenoise.storage import CompressedManifestStaticFilesStorage as Base

_extension, _patterns = Base._js_module_import_aggregation_patterns


class StaticFiles(Base):
    """Hashed names, also in the static imports of JavaScript modules."""

    support_js_module_import_aggregation = True
    # Without the last pattern, import("..."): it also finds the type comments of files
    # that are not ours, which name files that are not there.
    _js_module_import_aggregation_patterns = (_extension, _patterns[:-1])

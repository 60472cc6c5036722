"""How static files are served in production: by the hash of their content, modules included."""

from whitenoise.storage import CompressedManifestStaticFilesStorage

# import "./x.js"; or import { y } from "./x.js"; at the head of our own modules.
IMPORT = (
    r"""(?P<matched>(?P<words>import\s+(?:[^;"']*?from\s+)?)["'](?P<url>\./[\w.-]+\.js)["'];)""",
    '%(words)s"%(url)s";',
)


class HashedFiles(CompressedManifestStaticFilesStorage):  # type: ignore[misc]
    """Modules import each other by hash too: a new release is never half an old one."""

    patterns = (*CompressedManifestStaticFilesStorage.patterns, ("js/*.js", (IMPORT,)))

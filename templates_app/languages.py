"""Language codes of templates: webhooks write en-US, the API writes en_US; we keep en_US."""


def normalise_language(code: str) -> str:
    """en-us -> en_US, PT_br -> pt_BR, es -> es."""
    language, _, region = code.strip().replace("-", "_").partition("_")
    return f"{language.lower()}_{region.upper()}" if region else language.lower()

"""The keys of the configuration file, with their types, and how file and environment are read."""

import ipaddress
import re
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, TypeAdapter, ValidationError, model_validator
from pydantic.fields import FieldInfo
from pydantic_settings import (
    BaseSettings,
    EnvSettingsSource,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from app.settings.paths import folder_or_name, written_path
from ingest.corpus.place import corpus_path, is_store
from ingest.errors import UsageError
from ingest.library.place import is_server
from ingest.text.small_files import SETTINGS_BYTES, NotToml, read_text, toml

MOST_WORKERS = 64
LAST_PORT = 65535
LEAST_SECRET = 32
_VARIABLES = "PINCITE_"
_PATHS = frozenset({"corpus", "library", "library_folder", "cache"})
_ISSUER = r"https://[^\s/]+\S*|http://(localhost|127\.0\.0\.1)(:\d+)?\S*"
_MODELS = frozenset({"model", "reranker"})
# The kinds of wrong values, as pydantic names them, and what people know the right ones as.
_TYPES = {
    "string_type": "str",
    "is_instance_of": "str",
    "path_type": "str",
    "int_type": "int",
    "int_parsing": "int",
    "bool_type": "bool",
    "bool_parsing": "bool",
    "tuple_type": "list",
}


def _within(low: int, high: int) -> AfterValidator:
    def check(value: int) -> int:
        if not low <= value <= high:
            raise ValueError(f"must be from {low} to {high}")
        return value

    return AfterValidator(check)


def _networks(written: tuple[str, ...]) -> tuple[str, ...]:
    for one in written:
        try:
            ipaddress.ip_network(one)
        except ValueError as error:
            raise ValueError(f"must be a list of addresses or networks; {one!r} is neither") from error
    return written


def _address(written: str | None) -> str | None:
    if written is not None and not re.fullmatch(_ISSUER, written):
        raise ValueError("must be an address that begins with https://")
    return written


def _secret(written: str | None) -> str | None:
    if written is not None and len(written) < LEAST_SECRET:
        raise ValueError(f"must have at least {LEAST_SECRET} characters")
    return written


def _search(written: str | None) -> str | None:
    from index.retrieval.milvus.address import Address
    from index.snapshot.search_place import LOCAL

    if written not in (None, LOCAL):
        try:
            Address.parse(written)
        except UsageError as error:
            raise ValueError(str(error)) from error
    return written


def _ray(written: str | None) -> str | None:
    from ingest.sandbox.ray_cluster import LOCAL, address_of

    try:
        return None if written in (None, LOCAL) else address_of(written)
    except UsageError as error:
        raise ValueError(str(error)) from error


def _header(written: str | None) -> str | None:
    if written is not None and not re.fullmatch("[A-Za-z0-9-]{1,60}", written):
        raise ValueError("must be the name of a header, such as X-Forwarded-User")
    return written


class Settings(BaseModel):
    """The configuration file's keys with their defaults.

    `corpus` is a folder, or the URL of a store (`s3://BUCKET/PREFIX`): here this machine's folder for it.
    `library` is a folder, or the URL of a database on a server; then `library_folder` is where this machine keeps
    what is beside it. `search` is the server that searches it (`milvus://HOST:19530/NAME`), or "local"; None leaves
    it as it is. `ray` is the cluster that an ingest reads and embeds on (`ray://HOST:10001`, or "ray" for that of this
    machine), None for this machine alone. `model` and `reranker` are hub names or folders, None for the embedded model
    and for none. `cache` is where the embedded model is unpacked. `upload` lets people add files on the Library page,
    `edit` lets them change metadata there (None: where they may upload, and where the page listens on this machine).
    `upload_max_mb` limits one file, `upload_daily_mb` all that is uploaded within 24 hours (0: no limit).
    `log` is how a service writes its log: as lines, or as JSON with a line for every request.
    `suggestions` are the questions offered on the Ask page, `styles` the styles of citations: names of the CSL
    repository, or `.csl` files. `api_token` opens /api to other programs; without
    one it answers this machine only. `edit_token` opens what changes the library as well. `requests_per_minute` is
    how many requests a caller from elsewhere may send in a minute, 0 for any number. `connections` and `sessions` are
    how many connections and how many pages may be open at a time. `public_url` is the address of
    the site in links that are handed out, and a name that it answers to. `allowed_hosts` are further names; with either
    no other name but those of this machine is answered. `user_header` is the header in which a log-in proxy, at one of
    the addresses `trusted_proxies`, says who asks; then `editors` alone may upload and change. `open` lets the page
    be served to other machines without any log-in. `oidc_issuer` with `oidc_client_id` and `oidc_client_secret` lets
    people log in with OpenID Connect for `oidc_hours`; `oidc_cookie_secret` keeps them logged in over restarts. Their
    name is `oidc_name_claim`; who has one of `oidc_editors` in `oidc_role_claim` may change things, and where there are
    `oidc_readers`, only who has one of them may read.
    """

    model_config = ConfigDict(frozen=True, strict=True, extra="forbid")

    corpus: Path | None = None
    library: Path | str | None = None
    library_folder: Path | None = None
    search: Annotated[str | None, AfterValidator(_search)] = None
    ray: Annotated[str | None, AfterValidator(_ray)] = None
    model: str | None = None
    reranker: str | None = None
    cache: Path | None = None
    workers: Annotated[int, _within(1, MOST_WORKERS)] | None = None
    host: str = "127.0.0.1"
    port: Annotated[int, _within(1, LAST_PORT)] = 8501
    upload: bool = False
    edit: bool | None = None
    upload_max_mb: int = 50
    upload_daily_mb: Annotated[int, _within(0, 1_000_000)] = 1_000
    suggestions: tuple[str, ...] = ()
    styles: tuple[str, ...] = ()
    api_token: str | None = None
    edit_token: str | None = None
    requests_per_minute: Annotated[int, _within(0, 1_000_000)] = 1_200
    connections: Annotated[int, _within(10, 100_000)] = 1_000
    sessions: Annotated[int, _within(1, 100_000)] = 200
    log: Literal["text", "json"] = "text"
    public_url: str | None = None
    allowed_hosts: tuple[str, ...] = ()
    trusted_proxies: Annotated[tuple[str, ...], AfterValidator(_networks)] = ()
    user_header: Annotated[str | None, AfterValidator(_header)] = None
    editors: tuple[str, ...] = ()
    open: bool = False
    oidc_issuer: Annotated[str | None, AfterValidator(_address)] = None
    oidc_client_id: str = ""
    oidc_client_secret: str = ""
    oidc_cookie_secret: Annotated[str | None, AfterValidator(_secret)] = None
    oidc_name_claim: str = "email"
    oidc_role_claim: str = "groups"
    oidc_readers: tuple[str, ...] = ()
    oidc_editors: tuple[str, ...] = ()
    oidc_hours: Annotated[int, _within(1, 24 * 30)] = 12

    @model_validator(mode="after")
    def _whole_log_in(self) -> Self:
        if self.oidc_issuer and not (self.oidc_client_id and self.oidc_client_secret):
            raise ValueError("oidc_issuer needs oidc_client_id and oidc_client_secret beside it")
        if self.oidc_issuer and self.user_header:
            raise ValueError("either oidc_issuer or user_header says who asks, not both")
        return self


class _Configured(BaseSettings, Settings):
    """Settings as file and environment give them; the file goes before the environment."""

    model_config = SettingsConfigDict(env_prefix=_VARIABLES, env_ignore_empty=True)

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Return the values of the file, which the caller gives, and those of the environment."""
        return init_settings, _Environment(settings_cls)


class _File(TomlConfigSettingsSource):
    """The configuration file: what it says, with its paths as seen from its own folder."""

    def __init__(self, path: Path) -> None:
        self._folder = path.parent
        super().__init__(_Configured, path)

    def _read_file(self, file_path: Path | Traversable) -> dict[str, Any]:
        values = toml(read_text(Path(str(file_path)), SETTINGS_BYTES))
        return {name: _meant(name, value, self._folder) for name, value in values.items()}


class _Environment(EnvSettingsSource):
    """The environment, whose words become numbers and switches here: the file must write them as such."""

    def prepare_field_value(
        self, field_name: str, field: FieldInfo, value: Any, value_is_complex: bool
    ) -> Any:
        """Return the value of a variable as the type of its field. Raises UsageError naming the variable."""
        if field_name == "corpus" and isinstance(value, str) and is_store(value):
            return corpus_path(value)
        try:
            found = super().prepare_field_value(field_name, field, value, value_is_complex)
            if found is not None:
                found = TypeAdapter(field.rebuild_annotation()).validate_python(found)
        except ValidationError as error:
            raise UsageError(f"${_VARIABLES}{field_name.upper()} {_fault(error)}") from error
        except ValueError as error:
            raise UsageError(f"${_VARIABLES}{field_name.upper()}: {error}") from error
        return _meant(field_name, found, Path())


def configured(path: Path) -> Settings:
    """Return the settings that a file, which need not be there, and the environment give. Raises as `load_settings`."""
    try:
        return Settings(**_Configured(**_File(path)()).model_dump())
    except NotToml as error:
        raise UsageError(f"{path}: not valid TOML (line {error.line}: {error})") from error
    except ValidationError as error:
        raise UsageError(_plain(error, path)) from error


def _meant(name: str, value: Any, beside: Path) -> Any:
    """Return what a written value means: a path or a model's folder from `beside`, a list as a tuple of texts."""
    if name == "library" and isinstance(value, str) and is_server(value):
        return value
    if name == "corpus" and isinstance(value, str) and is_store(value):
        return corpus_path(value)
    if name in _PATHS and isinstance(value, str | Path):
        return written_path(value, beside)
    if name == "styles" and isinstance(value, list):
        return tuple(
            str(written_path(one, beside)) if one.endswith(".csl") else one for one in map(str, value)
        )
    if name in _MODELS and isinstance(value, str):
        return folder_or_name(value, beside)
    return tuple(map(str, value)) if isinstance(value, list) else value


def _plain(error: ValidationError, path: Path) -> str:
    """Return the first fault of a configuration file as one line that names file, key and what is allowed."""
    fault = error.errors()[0]
    if not fault["loc"]:
        return f"{path}: {_fault(error)}"
    key = str(fault["loc"][0])
    if fault["type"] == "extra_forbidden":
        return f"{path}: unknown key {key!r}; known are {', '.join(sorted(Settings.model_fields))}"
    return f"{path}: {key} {_fault(error)}"


def _fault(error: ValidationError) -> str:
    """Return what is wrong with a value: "must be of type int", "must be from 1 to 64"."""
    fault = error.errors()[0]
    known = _TYPES.get(fault["type"])
    return f"must be of type {known}" if known else fault["msg"].removeprefix("Value error, ")

from pathlib import Path

import pytest

from grym_synth.config import Config, read_config
from grym_synth.config.models import ModelCard, ModelRules
from grym_synth.errors import InvalidConfig

LOCAL = """
[[models]]
name = "local"
provider = "openai"
model = "qwen3:8b"
url = "http://localhost:11434/v1"
"""


def read(tmp_path: Path, text: str, **environ: str) -> Config:
    (tmp_path / "config.toml").write_text(text)
    return read_config({"GRYM_HOME": str(tmp_path), **environ})


def card(tmp_path: Path, lines: str, **environ: str) -> ModelCard:
    return read(tmp_path, f'[[models]]\nname = "m"\n{lines}', **environ).models[0]


def test_no_model_is_the_default(tmp_path: Path) -> None:
    config = read(tmp_path, "")
    assert (config.models, config.model_rules) == ((), ModelRules("local", "cheap", None, None))


def test_a_whole_table_is_read(tmp_path: Path) -> None:
    lines = """
    provider = "openai"
    model = "gpt-x"
    url = "https://models.example/v1/"
    api_key_env = "THE_KEY"
    tasks = ["plan"]
    context_tokens = 128_000
    thinking_tokens = 0
    price_input = 0.25
    price_output = 2
    is_local = false
    timeout = 12.5
    concurrent = 3
    """
    assert card(tmp_path, lines, THE_KEY=" k3y\n") == ModelCard(
        "m", "openai", "gpt-x", "https://models.example/v1", "THE_KEY", "k3y", ("plan",), 128_000, 0, 0.25, 2.0, False,
        12.5, 3,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("provider", "url", "variable"),
    [
        ("openai", "https://api.openai.com/v1", "OPENAI_API_KEY"),
        ("anthropic", "https://api.anthropic.com", "ANTHROPIC_API_KEY"),
        ("google", "https://generativelanguage.googleapis.com", "GOOGLE_API_KEY"),
    ],
)
def test_a_provider_is_found_where_it_is_with_the_key_that_is_its_own(
    tmp_path: Path, provider: str, url: str, variable: str
) -> None:
    found = card(tmp_path, f'provider = "{provider}"\nmodel = "x"', **{variable: "k3y"})
    assert (found.url, found.api_key_env, found.api_key, found.is_local) == (url, variable, "k3y", False)
    assert found.tasks == ("plan", "write")


def test_a_key_goes_to_no_other_address_unless_it_is_named(tmp_path: Path) -> None:
    found = card(tmp_path, 'provider = "openai"\nmodel = "x"\nurl = "https://h.example/v1"', OPENAI_API_KEY="k3y")
    assert (found.api_key, found.lacks_key) == ("", False)


def test_a_missing_key_stops_no_start(tmp_path: Path) -> None:
    assert card(tmp_path, 'provider = "anthropic"\nmodel = "x"').lacks_key


def test_a_key_is_never_shown(tmp_path: Path) -> None:
    found = read(tmp_path, '[[models]]\nname = "m"\nprovider = "anthropic"\nmodel = "x"', ANTHROPIC_API_KEY="k3y")
    assert "k3y" not in repr(found)


@pytest.mark.parametrize(
    ("url", "model", "is_local"),
    [
        ("http://localhost:11434/v1", "qwen3:8b", True),
        ("http://127.0.0.1:8080/v1", "m", True),
        ("http://127.9.9.9/v1", "m", True),
        ("http://[::1]:1234/v1", "m", True),
        ("http://ollama.localhost/v1", "m", True),
        ("http://localhost:11434/v1", "gpt-oss:120b-cloud", False),  # Ollama passes it on
        ("https://localhost.example/v1", "m", False),
        ("https://192.168.1.4/v1", "m", False),
        ("https://127.0.0.1.example/v1", "m", False),
    ],
)
def test_only_what_runs_on_this_machine_is_taken_for_local(
    tmp_path: Path, url: str, model: str, is_local: bool
) -> None:
    assert card(tmp_path, f'provider = "openai"\nmodel = "{model}"\nurl = "{url}"').is_local is is_local


def test_an_owner_may_call_a_machine_of_theirs_local(tmp_path: Path) -> None:
    found = card(tmp_path, 'provider = "openai"\nmodel = "m"\nurl = "http://192.168.1.4/v1"\nis_local = true')
    assert found.is_local
    assert (found.concurrent, found.context_tokens) == (1, 8192)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("models = 3", "`models` is a list"),
        ("models = [3]", "`models.1` is a table"),
        ("[[models]]", "`models.1.name`"),
        ('[[models]]\nname = "a b"', "`models.1.name`"),
        (LOCAL + LOCAL, "`models.2.name` is 'local'"),
        (LOCAL.replace("openai", "mistral"), "`models.local.provider`"),
        (LOCAL.replace('"qwen3:8b"', "8"), "`models.local.model`"),
        (LOCAL + 'modell = "x"', "unknown setting `models.1.modell`; known: name, provider, model, url"),
        (LOCAL.replace("http:", "ftp:"), "`models.local.url` must be like"),
        (LOCAL.replace("11434", "114340"), "`models.local.url` is no address"),
        (LOCAL.replace("/v1", "/v1?a=1"), "`models.local.url` must be like"),
        (LOCAL.replace("localhost", "[::1"), "`models.local.url` is no address"),
        (LOCAL.replace("localhost", "h.example"), "`models.local.url` is .* in the clear"),
        (LOCAL + "api_key_env = 'sk-123'", "`models.local.api_key_env`"),
        (LOCAL + "tasks = []", "`models.local.tasks` is a list of plan, write"),
        (LOCAL + "tasks = ['sing']", "`models.local.tasks` must be one of plan, write"),
        (LOCAL + "tasks = 'plan'", "`models.local.tasks` is a list"),
        (LOCAL + "context_tokens = 8", "`models.local.context_tokens`"),
        (LOCAL + "thinking_tokens = -1", "`models.local.thinking_tokens`"),
        (LOCAL + "price_input = -1", "`models.local.price_input`"),
        (LOCAL + "price_input = nan", "`models.local.price_input`"),
        (LOCAL + "price_input = 1", "`models.local` has one price"),
        (LOCAL + "is_local = 1", "`models.local.is_local`"),
        (LOCAL + "timeout = 0", "`models.local.timeout`"),
        (LOCAL + "concurrent = 0", "`models.local.concurrent`"),
        ("model_rules = 1", "`model_rules` is a table"),
        ("[model_rules]\nprivat = 1", "unknown setting `model_rules.privat`; known: privacy, prefer"),
        ("[model_rules]\nprivacy = 'none'", "`model_rules.privacy` must be one of local, any"),
        ("[model_rules]\nprefer = 'best'", "`model_rules.prefer`"),
        ("[model_rules]\nmoney_a_day = '1'", "`model_rules.money_a_day`"),
        ("[model_rules]\ntokens_a_day = 1.5", "`model_rules.tokens_a_day`"),
    ],
)
def test_a_bad_value_fails_by_its_key(tmp_path: Path, text: str, told: str) -> None:
    with pytest.raises(InvalidConfig, match=told):
        read(tmp_path, text)


def test_a_key_in_the_file_is_refused_and_not_repeated(tmp_path: Path) -> None:
    for text in (LOCAL + 'api_key = "k3y"', LOCAL.replace("localhost", "me:k3y@localhost")):
        with pytest.raises(InvalidConfig, match="api_key_env") as refused:
            read(tmp_path, text)
        assert "k3y" not in str(refused.value)


def test_a_budget_in_money_needs_prices(tmp_path: Path) -> None:
    paid = '[[models]]\nname = "far"\nprovider = "anthropic"\nmodel = "x"\n'
    rules = "[model_rules]\nmoney_a_day = 1.5\n"
    with pytest.raises(InvalidConfig, match=r"`models.far.price_input`"):
        read(tmp_path, LOCAL + paid + rules)
    config = read(tmp_path, LOCAL + paid + "price_input = 0\nprice_output = 0\n" + rules)
    assert config.model_rules.money_a_day == 1.5


def test_models_are_not_read_from_variables(tmp_path: Path) -> None:
    assert read(tmp_path, "", GRYM_MODELS="x", GRYM_MODEL_RULES="y").models == ()

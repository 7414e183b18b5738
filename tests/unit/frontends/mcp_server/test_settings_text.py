"""An entry is put into JSON with comments, TOML and YAML by changing its own lines alone."""

from __future__ import annotations

import json
import tomllib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grym_synth.frontends.mcp_server import settings_json, settings_toml, settings_yaml

KEYS = ("servers", "grym")
ENTRY = {"command": "/opt/grym", "args": ["mcp"], "env": {"GRYM_HOME": "/s"}}
OTHER = {"command": "/other", "args": ["mcp"]}

COMMENTED = """// of mine
{
	"theme": "dark", // "servers": not this
	"servers": {
		/* the first */
		"a": {"url": "http://x//y"}, // and why
		"b": { "args": ["/*", "*/",], }, // the last
	},
	"zoom": 1.0,
}
"""


def test_comments_and_trailing_commas_stay() -> None:
    new = settings_json.put(COMMENTED, KEYS, ENTRY)
    assert settings_json.is_same(new, KEYS, ENTRY)
    assert [line for line in new.splitlines() if line in COMMENTED.splitlines()] == COMMENTED.splitlines()
    assert '\n\t\t"grym": {\n\t\t\t"command"' in new
    assert settings_json.drop(new, KEYS) == COMMENTED
    assert settings_json.is_same(settings_json.put(new, KEYS, OTHER), KEYS, OTHER)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('{"a": 1}', '{"a": 1, "servers": {"grym": {}}}'),
        ('{"a": 1,}', '{"a": 1, "servers": {"grym": {}},}'),
        ('{"servers": {"a": 1 /* one */}}', '{"servers": {"a": 1, /* one */ "grym": {}}}'),
        ("{}", '{\n  "servers": {\n    "grym": {}\n  }\n}'),
        ('{\n "servers": {}\n}', '{\n "servers": {\n  "grym": {}\n }\n}'),
        ('{\r\n  "a": 1\r\n}\r\n', '{\r\n  "a": 1,\r\n  "servers": {\r\n    "grym": {}\r\n  }\r\n}\r\n'),
        ('{ // none yet\n}', '{ // none yet\n  "servers": {\n    "grym": {}\n  }\n}'),
        ('{\n  "a": 1 // one\n}', '{\n  "a": 1, // one\n  "servers": {\n    "grym": {}\n  }\n}'),
    ],
)  # fmt: skip
def test_where_an_entry_is_put(text: str, expected: str) -> None:
    new = settings_json.put(text, KEYS, {})
    assert new.rstrip("\n") == expected.rstrip("\n")
    assert settings_json.is_same(new, KEYS, {})


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('{"servers": {"a": 1, "grym": {}}}', '{"servers": {"a": 1}}'),
        ('{"servers": {"grym": {}, "a": 1}}', '{"servers": { "a": 1}}'),
        ('{"servers": {"grym": {}}}', '{"servers": {}}'),
        ('{"servers": {\n  "grym": {},\n  "a": 1\n}}', '{"servers": {\n  "a": 1\n}}'),
        ('{"servers": {\n  "a": 1, // one\n  "grym": {}\n}}', '{"servers": {\n  "a": 1 // one\n}}'),
        ('{"servers": {\n  "a": 1,\n  "grym": {}, // ours\n}}', '{"servers": {\n  "a": 1,\n   // ours\n}}'),
        ('{"servers": {"grym": 1, "a": 2, "grym": {}}}', None),
    ],
)
def test_where_an_entry_is_taken_out(text: str, expected: str | None) -> None:
    if expected is None:  # there twice: not surely changed
        with pytest.raises(ValueError, match="surely"):
            settings_json.drop(text, KEYS)
    else:
        assert settings_json.drop(text, KEYS) == expected


_NAMES = st.sampled_from(["a", "servers", "grym", "//", "/*", '"', "}", "é", "\\"])
_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | _NAMES | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_NAMES, inner, max_size=3),
    max_leaves=8,
)


@pytest.mark.slow
@given(
    value=st.dictionaries(_NAMES, _VALUES, max_size=4),
    indent=st.sampled_from([None, 1, 4, "\t"]),
    noise=st.sampled_from(["", " // x, {\n", " /* , } \n */ "]),
    has_trailing=st.booleans(),
)
def test_whatever_is_in_a_file_only_the_entry_changes(
    value: dict[str, Any], indent: int | str | None, noise: str, has_trailing: bool
) -> None:
    if not isinstance(value.get("servers", {}), dict):
        value.pop("servers")
    value.get("servers", {}).pop("grym", None)
    text = json.dumps(value, indent=indent)
    if has_trailing and value:
        text = text[:-1].rstrip() + ",\n}"
    text = noise + text[:1] + noise + text[1:-1] + noise + text[-1:] + noise
    new = settings_json.put(text, KEYS, ENTRY)
    assert settings_json.is_same(new, KEYS, ENTRY)
    changed = settings_json.put(new, KEYS, OTHER)
    assert settings_json.is_same(changed, KEYS, OTHER)
    gone = settings_json.drop(changed, KEYS)
    assert settings_json.find(gone, KEYS) is None
    assert gone.count("// x, {") == text.count("// x, {")
    for key in value:
        if key != "servers":
            assert settings_json.find(gone, (key,)) == settings_json.find(text, (key,))


TOML = """# mine
model = "x" # why

[servers.a]
command = "a"

# of b
[servers.b]
args = [
  "[servers.grym]",
]
"""


def test_a_table_is_added_at_the_end_replaced_in_its_place_and_taken_out() -> None:
    new = settings_toml.put(TOML, KEYS, ENTRY)
    assert new.startswith(TOML)
    assert tomllib.loads(new)["servers"]["grym"] == ENTRY
    more = new + "\n# of c\n[servers.c]\nx = 1\n"
    changed = settings_toml.put(more, KEYS, OTHER)
    assert tomllib.loads(changed)["servers"]["grym"] == OTHER
    assert changed.index("[servers.grym]") < changed.index("# of c")
    assert settings_toml.drop(changed, KEYS).replace("\n\n\n", "\n\n") == f"{TOML}\n# of c\n[servers.c]\nx = 1\n"


def test_tables_in_our_table_go_with_it() -> None:
    text = '[servers.grym]\ncommand = "x"\n\n[ servers . "grym" . env ]\nA = "b"\n\n[z]\n'
    assert tomllib.loads(settings_toml.put(text, KEYS, OTHER)) == {"servers": {"grym": OTHER}, "z": {}}
    assert tomllib.loads(settings_toml.drop(text, KEYS)) == {"z": {}}


@pytest.mark.parametrize(
    "text",
    [
        "servers = 1",
        "[servers]\ngrym = {}",
        'servers = {a = {command = "x"}}',
        'servers.grym.command = "x"',
        '[servers.grym]\ncommand = "x" # mine',
        "[servers.grym]\nx = [\n[1],\n]",
        "[[servers]]\nx = 1",
        "nothing",
        "a = 1\na = 2",
    ],
)
def test_toml_that_cannot_be_changed_surely_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        settings_toml.put(text, KEYS, ENTRY)


YAML = """# mine
GOOSE_MODEL: "x"
PATHS:
  - /a
servers:
  # the first
  a:
    args:
    - grym:
    text: |
      grym:
        x

  b:
    enabled: true
other: 1
"""


def _yaml(text: str) -> Any:
    return pytest.importorskip("yaml").safe_load(text)


def test_a_block_is_put_first_replaced_in_its_place_and_taken_out() -> None:
    new = settings_yaml.put(YAML, KEYS, ENTRY)
    assert _yaml(new) == {**_yaml(YAML), "servers": {**_yaml(YAML)["servers"], "grym": ENTRY}}
    assert settings_yaml.drop(new, KEYS) == YAML
    changed = settings_yaml.put(new, KEYS, OTHER)
    assert _yaml(changed)["servers"]["grym"] == OTHER
    assert settings_yaml.drop(changed, KEYS) == YAML


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a: 1",
        "a: 1\n",
        "servers:\n",
        "servers: {}  # none\n",
        "servers: {}",
        "servers:\n    a:\n        b: 1\n",
        "a: 1\r\nb: 2\r\n",
        "---\na: 1\n",
        "a: 1\n# end",
    ],
)
def test_yaml_of_many_kinds_takes_a_block(text: str) -> None:
    new = settings_yaml.put(text, KEYS, ENTRY)
    old = _yaml(text) or {}
    assert _yaml(new) == {**old, "servers": {**(old.get("servers") or {}), "grym": ENTRY}}
    assert ("# none" in text) == ("# none" in new)
    gone = settings_yaml.drop(new, KEYS)
    assert "grym" not in (_yaml(gone)["servers"] or {})
    assert settings_yaml.find(gone, KEYS) is None


def test_a_block_that_a_program_wrote_in_its_own_words_is_replaced() -> None:
    text = "servers:\n  grym:\n    cmd: /x\n    args:\n    - mcp\n\n  b:\n    x: 1\n"
    assert not settings_yaml.is_same(text, KEYS, ENTRY)
    assert _yaml(settings_yaml.put(text, KEYS, ENTRY)) == {"servers": {"grym": ENTRY, "b": {"x": 1}}}


@pytest.mark.parametrize(
    "text",
    [
        "servers: {a: 1}",
        "servers: [a]",
        "servers:\n- a\n",
        "servers:\n  - a\n",
        "servers: &x\n  a: 1\n",
        "servers:\n  grym: {x: 1}\n",
        'servers:\n  "grym":\n    x: 1\n',
        "servers:\n  grym:\n    x: 1 # mine\n",
        "servers:\nservers:\n",
        "a: 1\n---\nb: 2\n",
        "{a: 1}",
        "servers:\n\ta: 1\n",
        "not yaml at all",
        '"servers": {}',
        "<html>",
    ],
)
def test_yaml_that_cannot_be_changed_surely_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        settings_yaml.put(text, KEYS, ENTRY)

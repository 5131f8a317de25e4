"""Every rule does what its fixture and its page say."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from fastapi_bp_lint.finding import Finding
from fastapi_bp_lint.rule import Rule
from fastapi_bp_lint.rules import catalogue, load, presets
from fastapi_bp_lint.selection import Layer
from tests import mdcase
from tests.mdcase import Case

FIXTURES = Path(__file__).parent.parent / "fixtures" / "rules"
RULES = load(catalogue())
# No text makes a rule crash, unless the rule is wrong: the tests of the engine make one crash.
WITHOUT_EXAMPLE = {"FBP003"}
SECTIONS = ("What it does", "Why is this bad?", "Bad", "Good", "Fix safety", "Limits", "Source")


def _code(file: Path) -> str:
    return file.stem[:6].upper()


ALL = [
    (f"{file.stem}-{case.name}", _code(file), case)
    for file in sorted(FIXTURES.glob("*/*.md"))
    for case in mdcase.cases(file.read_text("utf-8"))
]
CASES = [pytest.param(code, case, id=name) for name, code, case in ALL]
FIXED = [
    pytest.param(code, case, unsafe, id=f"{name}-{'unsafe' if unsafe else 'safe'}")
    for name, code, case in ALL
    for unsafe in (False, True)
    if (case.unsafe_fixed if unsafe else case.fixed)
]


def test_a_rule_is_known_before_it_is_imported() -> None:
    assert presets() == {code: rule.preset for code, rule in RULES.items()}


each_rule = pytest.mark.parametrize("rule", RULES.values(), ids=RULES)


@pytest.mark.parametrize(("code", "case"), CASES)
def test_finds_what_is_marked(code: str, case: Case, tmp_path: Path) -> None:
    mdcase.write(case.files, tmp_path)
    findings = mdcase.lint(mdcase.request(tmp_path, Layer(select=(code,)))).findings
    assert sorted(map(_spot, findings)) == case.expected, _told(findings)
    for want in case.wants:
        messages = [f.message for f in findings if _spot(f) == (want.path, want.line, want.code)]
        assert any(want.words in message for message in messages), (want, messages)


@pytest.mark.parametrize(("code", "case", "unsafe"), FIXED)
def test_fixes_as_shown(code: str, case: Case, unsafe: bool, tmp_path: Path) -> None:  # noqa: FBT001
    mdcase.write(case.files, tmp_path)
    request = mdcase.request(tmp_path, Layer(select=(code,)))
    expected = case.files | (case.unsafe_fixed if unsafe else case.fixed)
    assert case.files | mdcase.mend(request, unsafe=unsafe) == expected
    mdcase.write(expected, tmp_path)
    assert mdcase.mend(request, unsafe=unsafe) == {}


@each_rule
def test_has_a_fixture_that_finds_and_one_that_stays_silent(rule: Rule) -> None:
    if rule.code in WITHOUT_EXAMPLE:
        return
    stem = f"{rule.code.lower()}_{rule.slug.replace('-', '_')}"
    file = FIXTURES / rule.family / f"{stem}.md"
    assert file.exists()
    cases = mdcase.cases(file.read_text("utf-8"))
    assert any(want.code == rule.code for case in cases for want in case.wants)
    assert any(not case.wants for case in cases)


@pytest.mark.parametrize("file", sorted(FIXTURES.glob("*/*.md")), ids=lambda file: file.stem)
def test_every_fixture_has_its_rule(file: Path) -> None:
    rule = RULES[_code(file)]
    assert file.relative_to(FIXTURES).with_suffix("").as_posix() == (
        f"{rule.family}/{rule.code.lower()}_{rule.slug.replace('-', '_')}"
    )


@each_rule
def test_page_has_its_sections(rule: Rule) -> None:
    assert re.match(r"\s*# \S", rule.doc)
    headings = re.findall(r"^## (.+)$", rule.doc, re.MULTILINE)
    needed = [name for name in SECTIONS if rule.fixers or name != "Fix safety"]
    assert [name for name in headings if name in needed] == needed
    assert set(headings) <= set(SECTIONS)
    assert "" not in [_section(rule, name).strip() for name in headings]


@each_rule
@pytest.mark.parametrize("heading", ["Bad", "Good"])
def test_examples_of_the_page(rule: Rule, heading: str, tmp_path: Path) -> None:
    if rule.code in WITHOUT_EXAMPLE:
        return
    case = mdcase.case(heading, mdcase.fences(_section(rule, heading)))
    assert case.files
    mdcase.write(case.files, tmp_path)
    layer = Layer(preset=rule.preset)
    found = [f.code for f in mdcase.lint(mdcase.request(tmp_path, layer)).findings]
    assert (rule.code in found) is (heading == "Bad"), found
    assert "FBP003" not in found


def _section(rule: Rule, heading: str) -> str:
    _, _, rest = rule.doc.partition(f"\n## {heading}\n")
    return re.split(r"^## ", rest, maxsplit=1, flags=re.MULTILINE)[0]


def _spot(finding: Finding) -> tuple[str, int, str]:
    return finding.place.path, finding.place.span.line, finding.code


def _told(findings: tuple[Finding, ...]) -> str:
    return "\n".join(f"{_spot(f)} {f.certainty.value}: {f.message}" for f in findings)

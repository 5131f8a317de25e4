"""Fixes over rounds: apply, parse, lint again; what a round spoils is put back whole."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING

from fastapi_bp_lint.finding import Finding
from fastapi_bp_lint.fixes import judging
from fastapi_bp_lint.fixes.encoded import UNREADABLE, Encoded, decode, soundness
from fastapi_bp_lint.fixes.outcome import Change, Left, Outcome
from fastapi_bp_lint.fixes.policy import Policy
from fastapi_bp_lint.fixes.tidy import Tidy
from fastapi_bp_lint.fixes.ties import Ties

if TYPE_CHECKING:
    from fastapi_bp_lint.fixes.proposing import Round

ROUNDS = 10
Relint = Callable[[Mapping[str, bytes]], Iterable[Finding]]


def fix_files(
    findings: Iterable[Finding], sources: Mapping[str, bytes], relint: Relint, policy: Policy
) -> Outcome:
    """Make the fixes of *findings* that *policy* allows, in memory."""
    run = _Run(list(findings), sources, relint, policy)
    for _ in range(ROUNDS):
        if not run.round():
            break
    else:
        run.give_up()
    if policy.tidy is not None:
        run.tidy(policy.tidy)
    return run.outcome()


class _Run:
    """The texts of the files in the making, and what is found in them."""

    def __init__(
        self, findings: list[Finding], sources: Mapping[str, bytes], relint: Relint, policy: Policy
    ) -> None:
        self.before = findings
        self.found = findings
        self.policy = policy
        self.relint = relint
        self.sources = sources
        self.files: dict[str, Encoded] = {}
        self.soundness: dict[str, int] = {}
        self.texts: dict[str, str] = {}
        self.applied: dict[str, list[Finding]] = {}
        self.restored: dict[str, str] = {}
        self.refused: dict[str, tuple[Left, ...]] = {}
        self.ties = Ties()

    def round(self) -> bool:
        """Make one round of fixes; tell whether there were any."""
        rounds = self._propose()
        for path, made in rounds.items():
            self.texts[path] = made.text
            self.applied.setdefault(path, []).extend(made.applied)
        for path, made in rounds.items():
            if path in self.texts and (why := self._broken(path, made.text)):
                codes = ", ".join(sorted({finding.code for finding in made.applied}))
                self._restore(path, f"{why} after the fix of {codes}")
        if rounds:
            self.found = self._lint(self.texts)
            self._put_back_what_spoils()
        return bool(rounds)

    def give_up(self) -> None:
        """Put back the files in which another round would still change something."""
        unsettled = self._propose()
        for path in unsettled:
            self._restore(path, f"the fixes do not settle in {ROUNDS} rounds")
        if unsettled:
            self.found = self._lint(self.texts)
            self._put_back_what_spoils()

    def tidy(self, tidy: Tidy) -> None:
        """Format the changed lines, where that changes no finding."""
        formatted = {}
        for path, text in self.texts.items():
            better = tidy(path, self.files[path].text, text)
            if better != text and not self._broken(path, better):
                formatted[path] = better
        while formatted:
            texts = {**self.texts, **formatted}
            found = self._lint(texts)
            worse = {f.place.path for f in judging.raised(self.found, found, ())}
            if not worse:
                self.texts, self.found = texts, found
                return
            spoiled = worse & formatted.keys() or formatted.keys()
            formatted = {p: text for p, text in formatted.items() if p not in spoiled}

    def outcome(self) -> Outcome:
        """Return what has become of files and findings."""
        changes = tuple(
            Change(path, self.sources[path], self.files[path].encode(text))
            for path, text in sorted(self.texts.items())
        )
        return Outcome(
            changes,
            tuple(self.found),
            judging.gone(self.before, self.found) if changes else {},
            tuple(self._left()),
            dict(sorted(self.restored.items())),
        )

    def _propose(self) -> dict[str, Round]:
        """Return, by path, the next round of each file that it would change."""
        rounds: dict[str, Round] = {}
        fixable = self._fixable()
        self.refused |= dict.fromkeys(fixable, ())
        wide = {p: [f for f in found if f.fix and f.fix.elsewhere] for p, found in fixable.items()}
        for path, findings in wide.items():
            # What this round has changed there already stands elsewhere than it did.
            if findings and path not in rounds:
                self._propose_wide(path, findings, rounds)
        if rounds:
            return rounds
        for path, findings in fixable.items():
            narrow = [f for f in findings if f.fix and not f.fix.elsewhere]
            made = self._made(path, narrow) if narrow else None
            if made is not None:
                rounds[path] = made
        return rounds

    def _propose_wide(self, path: str, findings: list[Finding], rounds: dict[str, Round]) -> None:
        """Add to *rounds* the fixes of *path* that change other files with it, and these."""
        from fastapi_bp_lint.fixes.together import follow  # noqa: PLC0415

        while findings and (made := self._made(path, findings)) is not None:
            changed = {p: done.text for p, done in rounds.items()} | {path: made.text}
            texts, stuck = follow(made.applied, self._others_text, changed)
            if not stuck:
                self.ties.tie(path, texts.keys() - {path})
                rounds[path] = made._replace(text=texts.pop(path, made.text))
                for other, text in texts.items():
                    before = rounds.get(other, made._replace(applied=()))
                    rounds[other] = before._replace(text=text)
                return
            self.refused[path] += stuck
            findings = [f for f in findings if f.fix not in {left.finding.fix for left in stuck}]

    def _made(self, path: str, findings: list[Finding]) -> Round | None:
        """Return the next round of a file, None where it changes nothing."""
        # Here, so that a run without fixes does without libcst.
        from fastapi_bp_lint.fixes.proposing import propose  # noqa: PLC0415

        try:
            text = self._text(path)
        except UNREADABLE:
            self.restored[path] = "the file cannot be decoded"
            return None
        try:
            made = propose(text, findings, self.policy)
        except UNREADABLE:
            self.restored[path] = "the file cannot be parsed"
            return None
        self.refused[path] += made.refused
        return made if made.text != text else None

    def _others_text(self, path: str) -> str:
        if path in self.restored:
            raise KeyError(path)
        return self._text(path)

    def _text(self, path: str) -> str:
        if path not in self.files:
            self.files[path] = decode(self.sources[path])
        return self.texts.get(path, self.files[path].text)

    def _fixable(self) -> dict[str, list[Finding]]:
        chosen: dict[str, list[Finding]] = {}
        for finding in self.found:
            path = finding.place.path
            if path in self.restored or path not in self.sources or not self.policy.wanted(finding):
                continue
            if finding.fix is not None and not self.policy.refusal(finding):
                chosen.setdefault(path, []).append(finding)
        return chosen

    def _left(self) -> Iterable[Left]:
        # Not by place: what is left may have moved since it was refused.
        refused = {
            (*judging.key(left.finding), left.finding.message): left.reason
            for every in self.refused.values()
            for left in every
        }
        for finding in self.found:
            if finding.fix is None or not self.policy.wanted(finding):
                continue
            key = judging.key(finding)
            reason = self.policy.refusal(finding) or self.restored.get(key[0])
            reason = reason or refused.get((*key, finding.message))
            yield Left(
                finding, reason or "its file cannot be read, or has changed since it was linted"
            )

    def _broken(self, path: str, text: str) -> str:
        """Return what is wrong with *text* as that file, "" for nothing."""
        if path not in self.soundness:
            self.soundness[path] = soundness(self.files[path].text)
        if soundness(text) < self.soundness[path]:
            return "the file would no longer compile"
        try:
            same = decode(self.files[path].encode(text)).text == text
        except UNREADABLE:
            same = False
        return "" if same else "the file's encoding cannot hold its text"

    def _restore(self, path: str, reason: str) -> None:
        for one in self.ties.of(path):
            self.restored[one] = reason if one == path else f"it changes with {path} or not at all"
            self.texts.pop(one, None)
            self.applied.pop(one, None)

    def _lint(self, texts: Mapping[str, str]) -> list[Finding]:
        return list(self.relint({p: self.files[p].encode(text) for p, text in texts.items()}))

    def _raised(self, found: list[Finding], paths: Iterable[str]) -> list[Finding]:
        applied = (judging.key(f) for path in paths for f in self.applied.get(path, ()))
        return judging.raised(self.before, found, applied)

    def _put_back_what_spoils(self) -> None:
        while self.texts and (raised := self._raised(self.found, self.texts)):
            guilty = {finding.place.path for finding in raised} & self.texts.keys()
            for path in guilty or {self._culprit()}:
                why = next((f for f in raised if f.place.path == path), raised[0])
                place = f"{why.place.path}:{why.place.span.line}"
                self._restore(path, f"a fix raised {why.code} at {place}: {why.message}")
            self.found = self._lint(self.texts)

    def _culprit(self) -> str:
        """Return the changed file without which, and all after it, nothing new is found."""
        paths = sorted(self.texts)
        low, high = 0, len(paths)
        while high - low > 1:
            middle = (low + high) // 2
            some = paths[:middle]
            found = self._lint({path: self.texts[path] for path in some})
            low, high = (low, middle) if self._raised(found, some) else (middle, high)
        return paths[high - 1]

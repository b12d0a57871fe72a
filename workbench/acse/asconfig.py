"""DCMTK's association configuration, the text format of profiles: reading it into ours, and writing ours in it.

The text has five super-sections. Four hold lists by name: transfer syntaxes, presentation contexts (a SOP class and
the name of a list of syntaxes), roles and extended negotiation; [[Profiles]] says which lists belong together.

What DCMTK refuses is an error here, with its line, but for what harms nobody: white space around names and between
bytes, a list of more than 128 contexts, a byte order mark. What DCMTK leaves out in silence is left out, with a
warning.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from operator import itemgetter
from typing import Final, NamedTuple, TypeVar

from workbench.acse.asconfig_export import write_asconfig
from workbench.acse.asconfig_lines import Entry, Section, SuperSection, folded, read_lines
from workbench.acse.contexts import MAX_CONTEXTS
from workbench.acse.profiles import Profile, ProfileContext, ProfileRole
from workbench.acse.symbolic_names import symbol_like, uid_of_symbol
from workbench.errors import ConfigError
from workbench.uids import EXPLICIT_VR_BIG_ENDIAN, EXPLICIT_VR_LITTLE_ENDIAN, is_valid_uid
from workbench.upper_layer.items import SopClassExtendedNegotiation

__all__ = ["AsConfig", "read_asconfig", "same_profile_name", "write_asconfig"]

MAX_INFORMATION: Final = 1024  # bytes of one extended negotiation that DCMTK reads
_MAX_UID: Final = 64
_MANDATORY: Final = ("TransferSyntaxes", "PresentationContexts", "Profiles")
_OPTIONAL: Final = ("SCPSCURoleSelection", "ExtendedNegotiation")
_ROLES: Final[Mapping[str, ProfileRole]] = {"SCU": "SCU", "SCP": "SCP", "BOTH": "both"}
# "Local" and "opposite" are meant of the machine on which DCMTK runs; ours are little endian all.
_BYTE_ORDERS: Final[Mapping[str, str]] = {
    "LocalEndianExplicit": EXPLICIT_VR_LITTLE_ENDIAN,
    "OppositeEndianExplicit": EXPLICIT_VR_BIG_ENDIAN,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class AsConfig:
    """What a file holds: its profiles in their order, and what people should know, as "FILE:LINE: what"."""

    profiles: tuple[Profile, ...]
    warnings: tuple[str, ...] = ()

    def profile(self, name: str) -> Profile | None:
        """Gives the profile of a name, in whatever case and spacing; None when there is none."""
        return next((each for each in self.profiles if same_profile_name(each.name, name)), None)


def same_profile_name(one: str, other: str) -> bool:
    """Whether DCMTK takes two names for the same: case, white space and most punctuation do not count."""
    return folded(one) == folded(other)


def read_asconfig(text: str, file: str) -> AsConfig:
    """Gives the profiles of an association configuration.

    Args:
        file: its name, for messages.

    Raises:
        ConfigError: DCMTK would refuse the file; the message is "FILE:LINE: what is wrong, and the value", and its
            notes are the warnings that there are until then.
    """
    reader = _Reader(text, file)
    try:
        return reader.read()
    except ConfigError as error:
        for warning in reader.said():
            if warning != str(error):
                error.add_note(warning)
        raise


class _Context(NamedTuple):
    line: int
    sop_class_uid: str
    transfer_syntaxes: tuple[str, ...]


_Item = TypeVar("_Item")


@dataclass(slots=True)
class _Reader:
    text: str
    file: str
    warnings: list[tuple[int, str]] = field(default_factory=list)
    empty: dict[tuple[str, str], tuple[int, str]] = field(default_factory=dict)  # why a list is, by key and name

    def said(self) -> tuple[str, ...]:
        """Gives the warnings in the order of their lines."""
        warnings = (f"{self.file}:{line}: {words}" for line, words in sorted(self.warnings, key=itemgetter(0)))
        return tuple(dict.fromkeys(warnings))

    def read(self) -> AsConfig:
        supers, remarks = read_lines(self.text)
        self.warnings += remarks
        named = self._by_name(supers)
        syntaxes = self._lists(named["TransferSyntaxes"], "TransferSyntax", self._syntax)
        self._warn_of_repeated(named["TransferSyntaxes"], syntaxes)

        def context(entry: Entry) -> _Context:
            uid, list_name = self._pair(entry, "a list of transfer syntaxes")
            found = self._named(entry.line, list_name, syntaxes, "TransferSyntax", "transfer syntaxes")
            return _Context(entry.line, self._uid(entry, uid, "SOP class"), tuple(found))

        contexts = self._lists(named["PresentationContexts"], "PresentationContext", context)
        roles = self._lists(named["SCPSCURoleSelection"], "Role", self._role)
        extended = self._lists(named["ExtendedNegotiation"], "ExtendedNegotiation", self._extended)
        for kind, lists in (("a role", roles), ("an extended negotiation", extended)):
            for items in lists.values():
                self._refuse_repeated(kind, items)
        for section in _first_of_each_name(named["PresentationContexts"]):
            self._warn_of_size(section, contexts[section.name])
        profiles: dict[str, Profile] = {}
        for section in named["Profiles"].sections:
            if section.name in profiles:
                raise self._error(section.line, f"there are two profiles [{section.written}]")
            profiles[section.name] = self._profile(section, contexts, roles, extended)
        return AsConfig(profiles=tuple(profiles.values()), warnings=self.said())

    # The layers: super-sections, lists, entries

    def _by_name(self, supers: list[SuperSection]) -> dict[str, SuperSection]:
        names = {name.upper(): name for name in (*_MANDATORY, *_OPTIONAL)}
        found: dict[str, SuperSection] = {}
        for each in supers:
            name = names.get(each.name)
            if name is None:
                self._warn(each.line, f"[[{each.written}]] is unknown and left out")
            elif name in found:
                self._warn(each.line, f"[[{name}]] is there again (first in line {found[name].line}) and left out")
            else:
                found[name] = each
        last = len(self.text.splitlines()) or 1
        for name in _MANDATORY:
            if name not in found:
                raise self._error(last, f"there is no super-section [[{name}]]")
        empty = {name: SuperSection(line=last, name=name.upper(), written=name) for name in _OPTIONAL}
        return {**empty, **found}

    def _lists(self, of: SuperSection, key: str, read: Callable[[Entry], _Item]) -> dict[str, list[_Item]]:
        """Gives the lists of a super-section by name; lists of one name are joined."""
        lists: dict[str, list[_Item]] = {}
        for section in of.sections:
            if section.name in lists:
                self._warn(section.line, f"[{section.written}] is there again: its entries are added to the first")
            lists.setdefault(section.name, []).extend(read(entry) for entry in self._numbered(section, key))
        return lists

    def _numbered(self, section: Section, key: str) -> list[Entry]:
        """Gives the entries KEY1, KEY2 … up to the first number that is missing."""
        known: dict[str, Entry] = {}
        for entry in section.entries:
            number = entry.key.removeprefix(key.upper())
            if number == entry.key or not number.isdigit() or number != str(int(number)):
                self._warn(
                    entry.line, f"'{entry.written}' is not {key} with a number, in [{section.written}]: left out"
                )
            elif entry.key in known:
                first = known[entry.key].line
                self._warn(entry.line, f"{key}{number} is there again (first in line {first}) and left out")
            else:
                known[entry.key] = entry
        if key.upper() + "1" not in known:
            self._remember_empty(section, key, known)
            return []
        wanted, used = key.upper() + "1", []
        while wanted in known:
            used.append(known.pop(wanted))
            wanted = f"{key.upper()}{len(used) + 1}"
        if known:
            lost = [f"{key}{each.removeprefix(key.upper())}" for each in known]
            line = min(entry.line for entry in known.values())
            self._warn(
                line, f"[{section.written}] has no {key}{len(used) + 1}, where the list ends; left out: {_listed(lost)}"
            )
        return used

    def _remember_empty(self, section: Section, key: str, numbered: Mapping[str, Entry]) -> None:
        first = min(numbered.values(), key=itemgetter(0), default=None)
        other = next(iter(section.entries), None)
        if first is not None:
            having = f"its first entry is {key}{first.key.removeprefix(key.upper())}, line {first.line}"
        else:
            having = f"what it has is '{other.written}', line {other.line}" if other else "nothing is in it"
        words = f"[{section.written}] has no {key}1 ({having})"
        if section.entries:
            self._warn(section.line, words)
        self.empty.setdefault((key, section.name), (section.line, words))

    def _profile(
        self,
        section: Section,
        contexts: Mapping[str, list[_Context]],
        roles: Mapping[str, list[tuple[int, str, ProfileRole]]],
        extended: Mapping[str, list[tuple[int, str, bytes]]],
    ) -> Profile:
        entries = self._profile_entries(section)
        if "PresentationContexts" not in entries:
            where = ": its name lacks the closing bracket in this line" if section.is_unclosed else ""
            raise self._error(section.line, f"the profile [{section.written}] has no PresentationContexts{where}")
        chosen = entries["PresentationContexts"]
        used = self._named(chosen.line, chosen.value, contexts, "PresentationContext", "presentation contexts")
        classes = {each.sop_class_uid for each in used}
        chosen_roles = self._belonging(entries.get("SCPSCURoleSelection"), roles, "Role", classes)
        chosen_extended = self._belonging(entries.get("ExtendedNegotiation"), extended, "ExtendedNegotiation", classes)
        role_of = {uid: role for _, uid, role in chosen_roles}
        return Profile(
            name=section.written,
            contexts=tuple(
                ProfileContext(
                    sop_class_uid=each.sop_class_uid,
                    transfer_syntaxes=each.transfer_syntaxes,
                    role=role_of.get(each.sop_class_uid, "SCU"),
                )
                for each in used
            ),
            extended=tuple(
                SopClassExtendedNegotiation(sop_class_uid=uid, application_information=information)
                for _, uid, information in chosen_extended
            ),
            explicit_roles=tuple(uid for uid, role in role_of.items() if role == "SCU"),
        )

    def _profile_entries(self, section: Section) -> dict[str, Entry]:
        names = {name.upper(): name for name in ("PresentationContexts", *_OPTIONAL)}
        entries: dict[str, Entry] = {}
        for entry in section.entries:
            name = names.get(entry.key)
            if name is None:
                self._warn(entry.line, f"'{entry.written}' is unknown in a profile and left out")
            elif name in entries:
                self._warn(entry.line, f"{name} is there again (first in line {entries[name].line}) and left out")
            else:
                entries[name] = entry
        return entries

    def _named(self, line: int, name: str, lists: Mapping[str, list[_Item]], key: str, kind: str) -> list[_Item]:
        """Gives the list of a name; white space in it does not count."""
        folded_name = "".join(name.upper().split())
        items = lists.get(folded_name)
        if not items:
            known = _listed([each[:_MAX_UID] for each in lists]) or "none"
            absent = line, f"there is no list of {kind} {name.strip()!r}; there are: {known}"
            raise self._error(*self.empty.get((key, folded_name), absent))
        return items

    def _belonging(
        self, entry: Entry | None, lists: Mapping[str, list[tuple[int, str, _Item]]], key: str, classes: set[str]
    ) -> list[tuple[int, str, _Item]]:
        if entry is None:
            return []
        kind = "roles" if key == "Role" else "extended negotiations"
        items = self._named(entry.line, entry.value, lists, key, kind)
        for line, uid, _ in items:
            if uid not in classes:
                where = f"which takes the list in line {entry.line}"
                raise self._error(line, f"{uid} is not among the presentation contexts of the profile, {where}")
        return items

    # One entry each

    def _syntax(self, entry: Entry) -> str:
        return _BYTE_ORDERS.get(self._stripped(entry, entry.value)) or self._uid(entry, entry.value, "transfer syntax")

    def _role(self, entry: Entry) -> tuple[int, str, ProfileRole]:
        uid, written = self._pair(entry, "SCU, SCP or BOTH")
        word = self._stripped(entry, written)
        if word.upper() not in _ROLES:
            raise self._error(entry.line, f"the role {word!r} is none of SCU, SCP and BOTH")
        return entry.line, self._uid(entry, uid, "SOP class"), _ROLES[word.upper()]

    def _extended(self, entry: Entry) -> tuple[int, str, bytes]:
        uid, written = self._pair(entry, "bytes in hexadecimal")
        digits = self._stripped(entry, written)
        try:
            information = bytes.fromhex(digits)
        except ValueError:
            raise self._error(entry.line, f"{digits!r} are not bytes in hexadecimal") from None
        if not 0 < len(information) <= MAX_INFORMATION:
            raise self._error(
                entry.line, f"{len(information)} bytes of extended negotiation are not 1 to {MAX_INFORMATION}"
            )
        return entry.line, self._uid(entry, uid, "SOP class"), information

    def _pair(self, entry: Entry, second: str) -> tuple[str, str]:
        uid, sign, rest = entry.value.partition("\\")
        if not sign:
            raise self._error(entry.line, f"{_shown(entry)} lacks a backslash between the SOP class and {second}")
        return uid, rest

    def _uid(self, entry: Entry, written: str, kind: str) -> str:
        """Gives the UID that is written as itself or as its name."""
        name = self._stripped(entry, written)
        uid = uid_of_symbol(name.removeprefix("="))
        if uid:
            return uid
        if not name or not set(name) <= set("0123456789.") or len(name) > _MAX_UID:
            like = symbol_like(name.removeprefix("="))
            meant = f"; did you mean {like}?" if like else ""
            raise self._error(
                entry.line, f"{_shown(entry)} names no {kind}: {name!r} is neither a UID nor a name of one{meant}"
            )
        if not is_valid_uid(name):
            self._warn(entry.line, f"{name!r} is not a UID (PS3.5 9.1)")
        return name

    def _stripped(self, entry: Entry, text: str) -> str:
        stripped = text.strip()
        if stripped != text:
            self._warn(entry.line, f"DCMTK refuses white space around {stripped!r}")
        return stripped

    # What is told

    def _warn_of_repeated(self, of: SuperSection, lists: Mapping[str, list[str]]) -> None:
        for section in _first_of_each_name(of):
            for uid, times in Counter(lists[section.name]).items():
                if times > 1:
                    self._warn(section.line, f"[{section.written}] has {uid} more than once")

    def _warn_of_size(self, section: Section, items: list[_Context]) -> None:
        if len(items) > MAX_CONTEXTS:
            self._warn(
                section.line,
                f"[{section.written}] has {len(items)} presentation contexts; DCMTK refuses more than {MAX_CONTEXTS}",
            )

    def _refuse_repeated(self, kind: str, items: Iterable[tuple[int, str, object]]) -> None:
        lines: dict[str, int] = {}
        for line, uid, _ in items:
            if uid in lines:
                raise self._error(line, f"{uid} has {kind} already, in line {lines[uid]}")
            lines[uid] = line

    def _warn(self, line: int, text: str) -> None:
        self.warnings.append((line, text))

    def _error(self, line: int, text: str) -> ConfigError:
        return ConfigError(f"{self.file}:{line}: {text}")


def _first_of_each_name(of: SuperSection) -> Iterable[Section]:
    return {section.name: section for section in reversed(of.sections)}.values()


def _shown(entry: Entry) -> str:
    if "\n" in entry.value:
        return f"{entry.written} (with the lines below that begin with white space and so belong to its value)"
    return entry.written


def _listed(names: list[str]) -> str:
    return ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")

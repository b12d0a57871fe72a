"""Names, tags and VRs of attributes as the words of a query use them: PS3.6, and dictionary files beside it."""

from collections.abc import Sequence
from typing import Final

from workbench.dictionary import tag_keyword, tag_keywords, tag_name, tag_of_keyword, tag_vr
from workbench.services.query.dictionary_files import DictionaryFiles, Entry

_OLD_PREFIXES: Final = ("RETIRED_", "ACR_NEMA_")  # which DCMTK puts before the keywords of retired attributes


class AttributeNames:
    """Looks names and tags up: in the standard first, then in the files, which are only read when it does not help.

    Args:
        paths: dictionary files in DCMTK's text form, the later ones before the earlier ones.
    """

    def __init__(self, paths: Sequence[str] = ()) -> None:
        self._paths = tuple(paths)
        self._files: DictionaryFiles | None = None

    def take_problems(self) -> tuple[str, ...]:
        """Gives what could not be read of the files, as far as they were needed, each only once."""
        if self._files is None:
            return ()
        problems = tuple(self._files.problems)
        self._files.problems.clear()
        return problems

    def find(self, name: str) -> Entry | None:
        """Gives the attribute of a name; None when there is none of that spelling."""
        tag = tag_of_keyword(name)
        if tag is not None:
            return Entry(tag, "", tag_vr(tag), name)
        if (entry := self._read().named(name)) is not None:
            return entry
        for prefix in _OLD_PREFIXES:
            if name.startswith(prefix) and (tag := tag_of_keyword(name.removeprefix(prefix))) is not None:
                return Entry(tag, "", tag_vr(tag), name)
        return None

    def alike(self, name: str) -> str:
        """Gives a name that may be meant, empty when none is near."""
        import difflib  # which only a mistake needs

        folded = {keyword.lower(): keyword for keyword in tag_keywords()}
        near = difflib.get_close_matches(name.lower(), folded, n=1, cutoff=0.8)
        return folded[near[0]] if near else ""

    def vr(self, tag: int, creator: str = "") -> str:
        """Gives the VR of a tag, UN when it is not known; of several that are possible the first one.

        Args:
            creator: of the block that a private one lies in.
        """
        vr = tag_vr(tag)
        if vr == "UN" and (entry := self._read().entry(tag, creator)) is not None:
            vr = entry.vr
        if vr == "UN" and creator:
            vr = _private_vr(tag, creator)
        return one_vr(vr)

    def name(self, tag: int, creator: str = "") -> str:
        """Gives the name of a tag without spaces."""
        keyword = tag_keyword(tag)
        if not keyword and (entry := self._read().entry(tag, creator)) is not None:
            return entry.name
        return keyword or tag_name(tag).replace(" ", "")

    def _read(self) -> DictionaryFiles:
        if self._files is None:
            self._files = DictionaryFiles.read(self._paths)
        return self._files


def one_vr(vr: str) -> str:
    """Gives one VR of several that an attribute may have: words rather than bytes, else the first."""
    choices = vr.split(" or ")
    return "OW" if "OW" in choices and choices[0].startswith("O") else choices[0]


def _private_vr(tag: int, creator: str) -> str:
    from pydicom.datadict import private_dictionary_VR  # 0.3 s, for private attributes only

    try:
        return private_dictionary_VR(tag, creator)
    except KeyError:
        return "UN"

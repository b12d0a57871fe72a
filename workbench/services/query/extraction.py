"""Writes the matches of queries into files: DICOM files, XML documents, or one XML document or one table of all."""

import os
from collections.abc import Sequence
from contextlib import suppress
from enum import Enum
from typing import IO, Final

from workbench.errors import DataSetError, StorageError
from workbench.services.query.attribute_names import AttributeNames
from workbench.services.query.columns import Column, line_of, names_of, row_of
from workbench.services.query.elements import corrected, read_elements, text_of
from workbench.services.query.find import Match
from workbench.services.query.identifiers import Element, encode_as_given
from workbench.services.query.native_xml import XmlForm
from workbench.storage.part10 import file_meta

_ROOT: Final = 'responses type="C-FIND"'
_SOP_CLASS_UID, _SOP_INSTANCE_UID = 0x00080016, 0x00080018


class Kind(Enum):
    """What is written for a match."""

    DICOM = ".dcm"
    XML = ".xml"
    SINGLE_XML = "one XML document"
    TABLE = "one table of comma-separated values"


class Extraction:
    """Takes matches and writes each into a file `rsp0001.dcm`, or all of them into one.

    Blocks. Then: call `close`, whatever happened, which completes the document of all.

    Args:
        kind: what is written.
        folder: an existing one.
        file: the name of the document or table of all, within the folder unless it is absolute.
        columns: of the table, see `columns_of`.
        limit: matches of a higher number are not written.
        sop_class_uid: of the query, for files of matches that name none of their own.
        correct: drop spaces that mean nothing from values.

    Raises:
        StorageError: there is no such folder, nothing can be written into it, or the document of all cannot be written.
    """

    def __init__(
        self,
        kind: Kind,
        names: AttributeNames,
        *,
        folder: str = ".",
        file: str = "",
        columns: Sequence[Column] = (),
        limit: int | None = None,
        sop_class_uid: str = "",
        correct: bool = False,
    ) -> None:
        self._kind = kind
        self._folder = folder
        self._limit = limit
        self._sop_class_uid = sop_class_uid
        self._correct = correct
        self._form = XmlForm(names)
        self._columns = tuple(columns)
        self._document: IO[bytes] | None = None
        _check_folder(folder)
        if kind in (Kind.SINGLE_XML, Kind.TABLE):
            begin = line_of(names_of(self._columns)) if kind is Kind.TABLE else self._form.begin(_ROOT)
            self._path = os.path.join(folder, file)
            try:
                self._document = open(self._path, "wb")  # noqa: SIM115 - until close
                self._document.write(begin)
            except OSError as error:
                raise _failure(self._path, error) from error

    def take(self, match: Match, number: int) -> str:
        """Writes a match and gives the path of its file; empty when it is beyond the limit.

        Args:
            number: in the file's name; from 1.

        Raises:
            StorageError: it cannot be written.
            DataSetError: its data set is broken and has to be understood.
        """
        if self._limit is not None and number > self._limit:
            return ""
        if self._document is not None:
            try:
                self._document.write(self._part(match))
            except OSError as error:
                raise _failure(self._path, error) from error
            return self._path
        path = os.path.join(self._folder, f"rsp{number:04d}{self._kind.value}")
        content = self._dicom_file(match) if self._kind is Kind.DICOM else self._xml(match)
        try:
            with open(path, "wb") as file:
                file.write(content)
        except OSError as error:
            raise _failure(path, error) from error
        return path

    def close(self) -> None:
        """Completes the document of all.

        Raises:
            StorageError: the disk does not take it.
        """
        if self._document is None:
            return
        document, self._document = self._document, None
        try:
            with document:
                if self._kind is Kind.SINGLE_XML:
                    document.write(self._form.end(_ROOT))
        except OSError as error:
            raise _failure(self._path, error) from error

    def _elements(self, match: Match) -> tuple[Element, ...]:
        elements = read_elements(match.data, match.transfer_syntax_uid)
        return corrected(elements) if self._correct else elements

    def _part(self, match: Match) -> bytes:
        elements = self._elements(match)
        if self._kind is Kind.TABLE:
            return line_of(row_of(elements, self._columns))
        return self._form.part(elements, match.transfer_syntax_uid)

    def _xml(self, match: Match) -> bytes:
        return self._form.document(self._elements(match), match.transfer_syntax_uid)

    def _dicom_file(self, match: Match) -> bytes:
        """Gives a file that holds the bytes as they came, even broken ones, unless they are to be corrected."""
        elements: tuple[Element, ...] = ()
        data = match.data
        with suppress(DataSetError):
            elements = self._elements(match)
            if self._correct:
                data = encode_as_given(elements, match.transfer_syntax_uid)
        texts = {each.tag: text_of(each, "") for each in elements if each.tag in (_SOP_CLASS_UID, _SOP_INSTANCE_UID)}
        meta = file_meta(
            sop_class_uid=texts.get(_SOP_CLASS_UID) or self._sop_class_uid,
            sop_instance_uid=texts.get(_SOP_INSTANCE_UID) or _new_uid(),
            transfer_syntax_uid=match.transfer_syntax_uid,
        )
        return meta + data


def _new_uid() -> str:
    import uuid

    return f"2.25.{uuid.uuid4().int}"  # PS3.5 B.2


def _check_folder(folder: str) -> None:
    """Raises StorageError unless files can be made in the folder: known before anybody is asked for what they hold."""
    if not os.path.isdir(folder):
        raise StorageError("is no folder that exists", path=folder)
    if not os.access(folder, os.W_OK | os.X_OK):
        raise StorageError("is a folder that cannot be written to", path=folder)


def _failure(path: str, error: OSError) -> StorageError:
    return StorageError(f"cannot be written: {error.strerror or error}", path=path)

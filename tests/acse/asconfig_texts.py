"""Association configurations for tests: a small one, and what may be wrong or odd about it."""

from typing import Final, NamedTuple

BASE: Final = """\
[[TransferSyntaxes]]
[U]
TransferSyntax1 = LittleEndianExplicit
TransferSyntax2 = LittleEndianImplicit
[[PresentationContexts]]
[C]
PresentationContext1 = CTImageStorage\\U
PresentationContext2 = MRImageStorage\\U
[[SCPSCURoleSelection]]
[R]
Role1 = CTImageStorage\\SCP
Role2 = MRImageStorage\\BOTH
[[ExtendedNegotiation]]
[E]
ExtendedNegotiation1 = CTImageStorage\\0200
[[Profiles]]
[P]
PresentationContexts = C
SCPSCURoleSelection = R
ExtendedNegotiation = E
"""


class Variant(NamedTuple):
    """A change of the small configuration, and what its reader says.

    Attributes:
        old, new: what is replaced by what.
        says: how the error or a warning begins, without the name of the file; empty when there is none.
    """

    what: str
    old: str
    new: str
    says: str = ""

    @property
    def text(self) -> str:
        assert self.old in BASE, self.old
        return BASE.replace(self.old, self.new)


_SUPER_AGAIN: Final = "[[TransferSyntaxes]]\n[V]\nTransferSyntax1 = RLELossless\n[[Profiles]]"

# Read as DCMTK reads it.
READ: Final = (
    Variant("as it is", "[U]", "[U]"),
    Variant("names in another case", "[U]", "[u]"),
    Variant("keys in another case and with blanks", "TransferSyntax1", "transfer syntax 1"),
    Variant("punctuation in a key", "TransferSyntax2", "Transfer.Syntax+2"),
    Variant("blanks in brackets", "[[TransferSyntaxes]]", "[[ transfer syntaxes ]]"),
    Variant("more brackets than there are levels", "[[TransferSyntaxes]]", "[[[TransferSyntaxes]]]"),
    Variant("blanks between brackets", "[[TransferSyntaxes]]", "[ [TransferSyntaxes] ]"),
    Variant("an entry behind its section", "[U]\n", "[U] "),
    Variant("a name with an equals sign", "= LittleEndianExplicit", "= =LittleEndianExplicit"),
    Variant("local byte order", "LittleEndianExplicit", "LocalEndianExplicit"),
    Variant("opposite byte order", "LittleEndianExplicit", "OppositeEndianExplicit"),
    Variant("a UID with dots", "LittleEndianExplicit", "1.2.3.4"),
    Variant("a value in the next line", "= LittleEndianExplicit", "=\n  LittleEndianExplicit"),
    Variant("a list in the next line", "CTImageStorage\\U", "CTImageStorage\\\n  U"),
    Variant("blanks around a list", "CTImageStorage\\U", "CTImageStorage\\ U "),
    Variant("an indented section", "[U]", "  [U]"),
    Variant("an indented entry", "TransferSyntax1", "   TransferSyntax1"),
    Variant("blank lines", "TransferSyntax2", "\n   \n\nTransferSyntax2"),
    Variant("a comment", "TransferSyntax2", "# a = b\nTransferSyntax2"),
    Variant("a NUL", "TransferSyntax2", "Transfer\0Syntax2"),
    Variant("a list name with blanks", "MRImageStorage\\U", "MRImageStorage\\u"),
    Variant("a role in lower case", "\\BOTH", "\\both"),
    Variant("the default role", "\\BOTH", "\\SCU"),
    Variant("a SOP class of a syntax", "LittleEndianExplicit", "CTImageStorage"),
    Variant("a key in two lines", "TransferSyntax2", "Transfer\nSyntax2", "4: 'Transfer' has no '='"),
    Variant(
        "a gap in a list of syntaxes",
        "TransferSyntax2",
        "TransferSyntax3",
        "4: [U] has no TransferSyntax2, where the list ends; left out: TransferSyntax3",
    ),
    Variant(
        "a number with a zero", "TransferSyntax2", "TransferSyntax02", "4: 'TransferSyntax02' is not TransferSyntax"
    ),
    Variant(
        "a number twice",
        "TransferSyntax2",
        "TransferSyntax1",
        "4: TransferSyntax1 is there again (first in line 3) and left out",
    ),
    Variant("a section twice", "[[Pres", "[U]\nTransferSyntax1 = RLELossless\n[[Pres", "5: [U] is there again: its"),
    Variant(
        "a syntax twice", "LittleEndianImplicit", "LittleEndianExplicit", "2: [U] has 1.2.840.10008.1.2.1 more than"
    ),
    Variant("a gap in the roles", "Role2", "Role3", "12: [R] has no Role2, where the list ends; left out: Role3"),
    Variant("a super-section twice", "[[Profiles]]", _SUPER_AGAIN, "16: [[TransferSyntaxes]] is there again (first in"),
    Variant(
        "an unknown super-section", "[[Profiles]]", "[[More]]\n[x]\ny = z\n[[Profiles]]", "16: [[More]] is unknown"
    ),
    Variant("an unknown key", "[P]\n", "[P]\nColour = red\n", "18: 'Colour' is unknown in a profile"),
    Variant("a key twice", "[P]\n", "[P]\nPresentationContexts = C\n", "19: PresentationContexts is there again"),
    Variant("a section above all", "[[TransferSyntaxes]]", "[X]\na = b\n[[TransferSyntaxes]]", "1: [X] stands before"),
    Variant("an entry above all", "[[TransferSyntaxes]]", "a = b\n[[TransferSyntaxes]]", "1: 'a' stands outside of"),
    Variant("an entry outside", "[U]", "a = b\n[U]", "2: 'a' stands outside of a section"),
    Variant("an entry without value or key", "[U]\n", "[U]\n= x\n", "3: '' is not TransferSyntax with a number"),
    Variant(
        "words at the end", "ExtendedNegotiation = E\n", "ExtendedNegotiation = E\nthe end", "21: 'the end' has no '='"
    ),
    Variant(
        "words in a line",
        "TransferSyntax2",
        "hello world\nTransferSyntax2",
        "4: 'hello world' has no '=', so that it makes one key with what follows, to line 5",
    ),
    Variant("dots that make no UID", "LittleEndianExplicit", "1.2.03", "3: '1.2.03' is not a UID (PS3.5 9.1)"),
)

# Read although DCMTK refuses it.
FORGIVEN: Final = (
    Variant("blanks behind a name", "Explicit\n", "Explicit  \n", "3: DCMTK refuses white space around 'Lit"),
    Variant("blanks before a backslash", "CTImageStorage\\U", "CTImageStorage \\U", "7: DCMTK refuses white"),
    Variant("blanks behind a role", "\\BOTH", "\\BOTH ", "12: DCMTK refuses white space around 'BOTH'"),
    Variant("blanks between bytes", "\\0200", "\\02 00", ""),
    Variant("a byte order mark", "[[TransferSyntaxes]]", "\ufeff[[TransferSyntaxes]]", "1: the file begins"),
)

# Refused by both.
REFUSED: Final = (
    Variant("no syntaxes", "[[TransferSyntaxes]]", "[[X]]", "20: there is no super-section [[TransferSyntaxes]]"),
    Variant("no contexts", "[[PresentationContexts]]", "[[X]]", "20: there is no super-section [[PresentationC"),
    Variant("no profiles", "[[Profiles]]", "[[X]]", "20: there is no super-section [[Profiles]]"),
    Variant("a bracket too few", "[[TransferSyntaxes]]", "[[TransferSyntaxes]", "7: there is no list of transfer"),
    Variant("words behind a bracket", "[[TransferSyntaxes]]", "[[TransferSyntaxes]] # ours", "7: there is no list"),
    Variant("a section in a line of words", "[C]", "foo [C]", "18: there is no list of presentation contexts 'C'"),
    Variant(
        "a name in another case",
        "LittleEndianExplicit",
        "littleendianexplicit",
        "3: TransferSyntax1 names no transfer syntax: 'littleendianexplicit' is neither a UID nor a name of one;"
        " did you mean LittleEndianExplicit?",
    ),
    Variant(
        "a name that nothing has", "= CTImageStorage", "= Foo", "7: PresentationContext1 names no SOP class: 'Foo'"
    ),
    Variant("an equals sign before a UID", "LittleEndianExplicit", "=1.2.3", "3: TransferSyntax1 names no"),
    Variant("a comment behind a value", "LittleEndianExplicit", "LittleEndianExplicit # x", "3: TransferSyntax1"),
    Variant("an empty value", "= LittleEndianExplicit", "=", "3: TransferSyntax1 names no transfer syntax: ''"),
    Variant(
        "an indented line below",
        "TransferSyntax2",
        "  TransferSyntax2",
        "3: TransferSyntax1 (with the lines below that begin with white space and so belong to its value) names no",
    ),
    Variant("an indented comment", "TransferSyntax2", "  # a\nTransferSyntax2", "3: TransferSyntax1 (with the"),
    Variant("no backslash", "CTImageStorage\\U", "CTImageStorage U", "7: PresentationContext1 lacks a backslash"),
    Variant("two backslashes", "CTImageStorage\\U", "CTImageStorage\\U\\U", "7: there is no list of transfer synt"),
    Variant("an undefined list", "CTImageStorage\\U", "CTImageStorage\\X", "7: there is no list of transfer syn"),
    Variant("an empty list", "[U]", "[X]\n[U]\n[X]\n", "3: [U] has no TransferSyntax1 (nothing is in it)"),
    Variant("an undefined list of contexts", "Contexts = C", "Contexts = X", "18: there is no list of presentation"),
    Variant(
        "contexts that begin with 2",
        "PresentationContext1 = CTImageStorage\\U\n",
        "",
        "6: [C] has no PresentationContext1 (its first entry is PresentationContext2, line 7)",
    ),
    Variant(
        "a list of unknown keys",
        "[U]\nTransferSyntax1 = LittleEndianExplicit\nTransferSyntax2 = Li",
        "[U]\nfoo = LittleEndianExplicit\nbar = Li",
        "2: [U] has no TransferSyntax1 (what it has is 'foo', line 3)",
    ),
    Variant(
        "a line of words before the first",
        "TransferSyntax1",
        "hello world\nTransferSyntax1",
        "2: [U] has no TransferSyntax1 (its first entry is TransferSyntax2, line 5)",
    ),
    Variant(
        "a profile without its closing bracket",
        "[P]",
        "[P",
        "17: the profile [P PresentationContexts = C SCPSCURoleSe…] has no PresentationContexts: its name lacks the "
        "closing bracket in this line",
    ),
    Variant("no contexts in a profile", "[P]\nPresentationContexts = C\n", "[P]\n", "17: the profile [P] has no Pre"),
    Variant("two profiles of a name", "[P]\n", "[P]\nPresentationContexts = C\n[p]\n", "19: there are two profiles"),
    Variant("an unknown role", "\\BOTH", "\\ANY", "12: the role 'ANY' is none of SCU, SCP and BOTH"),
    Variant("no role", "\\BOTH", "", "12: Role2 lacks a backslash between the SOP class and SCU, SCP or BOTH"),
    Variant("two roles of a class", "MRImageStorage\\BOTH", "CTImageStorage\\SCU", "12: 1.2.840.10008.5.1.4.1.1.2 has"),
    Variant("an undefined list of roles", "Selection = R", "Selection = X", "19: there is no list of roles 'X'"),
    Variant("no list of roles", "Selection = R", "Selection =", "19: there is no list of roles ''"),
    Variant("an end without a value", "ExtendedNegotiation = E\n", "ExtendedNegotiation", "20: there is no list of"),
    Variant("a role of another class", "Role1 = CTImage", "Role1 = UltrasoundImage", "11: 1.2.840.10008.5.1.4.1.1.6.1"),
    Variant("odd digits", "\\0200", "\\020", "15: '020' are not bytes in hexadecimal"),
    Variant("no bytes", "\\0200", "\\", "15: 0 bytes of extended negotiation are not 1 to 1024"),
    Variant("too many bytes", "\\0200", "\\" + 1025 * "00", "15: 1025 bytes of extended negotiation are not"),
    Variant("an undefined list of extended negotiations", "tion = E", "tion = X", "20: there is no list of extended"),
    Variant("extended negotiation of another class", "n1 = CTImage", "n1 = UltrasoundImage", "15: 1.2.840.10008.5.1.4"),
    Variant(
        "extended negotiation twice",
        "[[Profiles]]",
        "ExtendedNegotiation2 = CTImageStorage\\01\n[[Profiles]]",
        "16: 1.2.840.10008.5.1.4.1.1.2 has an extended negotiation already, in line 15",
    ),
)

"""The grammar of the command lines: DCMTK's, so that its users' scripts go on.

Options are words that begin with `-` or `+` and have several letters, or long ones that begin with `--`; a long one may
be shortened as long as no other begins so. An option's values are the words after it, whatever they begin with;
argparse would read some of them as options, and so does not read these lines. Of options that exclude each other the
right-most wins. `@FILE` stands for the words of a file, quotes honoured. Whatever is wrong ends the program with 1.
"""

import argparse
import sys
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final, NamedTuple, NoReturn, TypeAlias

from workbench.cli.exit_codes import EXIT_COMMAND_LINE

Convert: TypeAlias = Callable[[str], Any]
"""Makes a value of a word; raises argparse.ArgumentTypeError with a sentence when it cannot."""


class Options(argparse.Namespace):
    """What a command line says, one attribute for each `dest`.

    Attributes:
        given: the names of the options that were given, be they overridden later or not: the long spelling, or the
            only one.
    """

    given: frozenset[str]


class Option(NamedTuple):
    """One option of a tool.

    Attributes:
        spellings: as they are written, short ones first.
        metavars: the names of its values.
        types: what makes values of their words.
        take: told the options and the values when it is met.
        help: for people; empty hides it.
    """

    spellings: tuple[str, ...]
    metavars: tuple[str, ...]
    types: tuple[Convert, ...]
    take: Callable[[Options, tuple[Any, ...]], None]
    help: str

    @property
    def name(self) -> str:
        """The spelling by which it is spoken of."""
        return next((each for each in self.spellings if each.startswith("--")), self.spellings[0])


class Positional(NamedTuple):
    """A word that is told by its place; `many` takes all that are left."""

    dest: str
    name: str
    type: Convert
    help: str
    many: bool
    optional: bool


class Group:
    """Options under one title of the help, such as "network options: application entity titles"."""

    def __init__(self, title: str, defaults: dict[str, Any]) -> None:
        self.title = title
        self.options: list[Option] = []
        self._defaults = defaults

    def flag(
        self,
        *spellings: str,
        dest: str,
        value: object = True,
        default: object = False,
        help: str,  # noqa: A002
    ) -> None:
        """Adds an option without a value; of several with one `dest` the right-most wins."""
        self._default(dest, default)
        self._add(spellings, (), (), lambda options, _: setattr(options, dest, value), help)

    def value(
        self,
        *spellings: str,
        dest: str,
        metavar: str,
        type: Convert = str,  # noqa: A002
        default: Any = None,
        repeat: bool = False,
        help: str,  # noqa: A002
    ) -> None:
        """Adds an option with a value; `repeat` gathers the values of all of them in a tuple."""
        self.values(
            *spellings, dest=dest, metavars=(metavar,), types=(type,), default=default, repeat=repeat, help=help
        )

    def values(
        self,
        *spellings: str,
        dest: str,
        metavars: tuple[str, ...],
        types: tuple[Convert, ...],
        default: Any = None,
        repeat: bool = False,
        help: str,  # noqa: A002
    ) -> None:
        """Adds an option with several values, which become a tuple."""

        def take(options: Options, values: tuple[Any, ...]) -> None:
            value = values[0] if len(values) == 1 else values
            setattr(options, dest, (*getattr(options, dest), value) if repeat else value)

        self._default(dest, () if repeat and default is None else default)
        self._add(spellings, metavars, types, take, help)

    def action(
        self,
        *spellings: str,
        run: Callable[..., None],
        metavars: tuple[str, ...] = (),
        help: str,  # noqa: A002
    ) -> None:
        """Adds an option that does something at once, with its words, such as printing a list and ending the tool."""
        self._add(spellings, metavars, (str,) * len(metavars), lambda _, values: run(*values), help)

    def refused(self, *spellings: str, words: int = 0, because: str) -> None:
        """Adds an option that is known and not offered: it ends the tool with 1 and says why and what to do instead."""

        def take(_: Options, __: tuple[Any, ...]) -> None:
            raise argparse.ArgumentTypeError(f"{'/'.join(spellings)} is not offered: {because}")

        metavars = tuple("X" * words)
        self._add(spellings, metavars, (str,) * words, take, f"not offered: {because}")

    def _default(self, dest: str, default: object) -> None:
        self._defaults.setdefault(dest, default)

    def _add(
        self,
        spellings: tuple[str, ...],
        metavars: tuple[str, ...],
        types: tuple[Convert, ...],
        take: Callable[[Options, tuple[Any, ...]], None],
        text: str,
    ) -> None:
        self.options.append(Option(spellings=spellings, metavars=metavars, types=types, take=take, help=text))


class _Rule(NamedTuple):
    option: str
    others: tuple[str, ...]
    is_conflict: bool


class Parser:
    """Reads the command line of one tool.

    Args:
        tool: its name, as in `dwb TOOL`.
        description: what it does, in a sentence.
        epilog: what else the help tells, such as its exit codes.
    """

    def __init__(self, tool: str, description: str, *, epilog: str = "") -> None:
        self.tool = tool
        self.program: Final = f"dwb {tool}"
        self.description = description
        self.epilog = epilog
        self.groups: list[Group] = []
        self.positionals: list[Positional] = []
        self._defaults: dict[str, Any] = {}
        self._rules: list[_Rule] = []
        self._concealed: set[str] = set()
        self._left_out: list[tuple[str, tuple[str, ...]]] = []
        self._alone: list[str] = []
        self._checks: list[Callable[[Options], str]] = []
        self._known: dict[str, Option] = {}
        general = self.group("general options")
        general.action("-h", "--help", run=self._print_help, help="print this help and exit")
        general.action("--version", run=self._print_version, help="print the version and exit")
        general.flag("--arguments", dest="arguments", help="print the words of the command line, then go on")

    def positional(
        self,
        dest: str,
        name: str,
        *,
        type: Convert = str,  # noqa: A002
        help: str,  # noqa: A002
        many: bool = False,
        optional: bool = False,
    ) -> None:
        """Adds a word by its place; one that takes many comes last."""
        self.positionals.append(Positional(dest=dest, name=name, type=type, help=help, many=many, optional=optional))
        self._defaults.setdefault(dest, () if many else None)

    def group(self, title: str) -> Group:
        """Gives the group of that title, a new one at the end if there is none."""
        for group in self.groups:
            if group.title == title:
                return group
        self.groups.append(Group(title, self._defaults))
        return self.groups[-1]

    def leaves_out(self, dest: str, *positionals: str) -> None:
        """The words of these places are not there when an option has set `dest`."""
        self._left_out.append((dest, positionals))

    def stands_alone(self, *dests: str) -> None:
        """An option that has set one of these is a task of its own: no word by place is needed, and none matters."""
        self._alone.extend(dests)

    def requires(self, option: str, *others: str) -> None:
        """An option needs at least one of others."""
        self._rules.append(_Rule(option, others, is_conflict=False))

    def conflicts(self, option: str, *others: str) -> None:
        """An option and each of others exclude each other."""
        self._rules.append(_Rule(option, others, is_conflict=True))

    def conceal(self, *options: str) -> None:
        """The values of these options, by name, are secrets: `--arguments` prints stars for them."""
        self._concealed.update(options)

    def check(self, find: Callable[[Options], str]) -> None:
        """Has a function look at what was given; what it gives is the problem, empty where there is none."""
        self._checks.append(find)

    def default(self, dest: str, value: object) -> None:
        """Has another default for a `dest`, for a tool that differs from what a shared group says."""
        self._defaults[dest] = value

    def parse(self, arguments: Sequence[str]) -> Options:
        """Reads a command line; ends the program for --help and its like with 0, for whatever is wrong with 1."""
        self._known = {spelling: each for group in self.groups for each in group.options for spelling in each.spellings}
        options = Options(**self._defaults)
        given: set[str] = set()
        try:
            words = list(expanded(arguments))
            places = list(self._read(words, options, given))
            options.given = frozenset(given)
            if options.arguments:
                shown = " ".join(f"'{word}'" for word in self._shown(words))
                sys.stderr.write(f"{self.program} called with {len(words)} arguments: {shown}\n")
            self._place(places, options)
            self._obey_rules(given)
            for find in self._checks:
                if problem := find(options):
                    self.error(problem)
        except argparse.ArgumentTypeError as problem:
            self.error(str(problem))
        return options

    def error(self, message: str) -> NoReturn:
        """Ends the program with 1, having named the problem and the way to the help."""
        sys.stderr.write(f"{self.program}: {message}\n{self.program} --help tells the options\n")
        raise SystemExit(EXIT_COMMAND_LINE)

    def _read(self, words: list[str], options: Options, given: set[str]) -> Iterable[str]:
        """Takes the options and gives the other words."""
        rest = iter(words)
        for word in rest:
            if word == "--":
                yield from rest
            elif len(word) > 1 and word[0] in "-+":
                option, at_once = self._option(word)
                values = at_once + [self._next(option, rest) for _ in option.metavars[len(at_once) :]]
                given.add(option.name)
                option.take(options, tuple(_converted(option, values)))
            else:
                yield word

    def _shown(self, words: list[str]) -> Iterable[str]:
        before = ""
        for word in words:
            name, sign, _ = word.partition("=")
            known = self._known.get(before)
            if known is not None and known.name in self._concealed:
                yield "***"
            else:
                yield f"{name}=***" if sign and name in self._concealed else word
            before = word

    def _option(self, word: str) -> tuple[Option, list[str]]:
        """Gives the option that a word names, and the value that is in the same word after an equals sign."""
        option = self._known.get(word)
        if option is None and word.startswith("--"):
            name, sign, value = word.partition("=")
            option = self._known.get(name) or self._shortened(name)
            if option is not None and sign:
                if not option.metavars:
                    raise argparse.ArgumentTypeError(f"{name} takes no value: {word!r}")
                return option, [value]
        if option is None:
            raise argparse.ArgumentTypeError(f"there is no option {word!r}")
        return option, []

    def _shortened(self, name: str) -> Option | None:
        candidates = {each.name: each for spelling, each in self._known.items() if spelling.startswith(name)}
        if len(candidates) > 1:
            raise argparse.ArgumentTypeError(f"{name!r} may be any of {', '.join(candidates)}")
        return next(iter(candidates.values()), None)

    def _next(self, option: Option, rest: Iterable[str]) -> str:
        for word in rest:
            return word
        raise argparse.ArgumentTypeError(f"{'/'.join(option.spellings)} needs {' and '.join(option.metavars)}")

    def _place(self, words: list[str], options: Options) -> None:
        if any(getattr(options, dest) is not None for dest in self._alone):
            return
        left_out = {name for dest, names in self._left_out if getattr(options, dest) is not None for name in names}
        for positional in self.positionals:
            if positional.dest in left_out:
                continue
            if positional.many:
                if not words and not positional.optional:
                    raise argparse.ArgumentTypeError(f"{positional.name} is missing: {positional.help}")
                setattr(options, positional.dest, tuple(_made(positional, word) for word in words))
                return
            if words:
                setattr(options, positional.dest, _made(positional, words.pop(0)))
            elif not positional.optional:
                raise argparse.ArgumentTypeError(f"{positional.name} is missing: {positional.help}")
        if words:
            raise argparse.ArgumentTypeError(f"{words[0]!r} is one word too many")

    def _obey_rules(self, given: set[str]) -> None:
        for rule in self._rules:
            if rule.option not in given:
                continue
            met = [other for other in rule.others if other in given]
            if rule.is_conflict and met:
                raise argparse.ArgumentTypeError(f"{rule.option} and {met[0]} exclude each other")
            if not rule.is_conflict and not met:
                raise argparse.ArgumentTypeError(f"{rule.option} needs {' or '.join(rule.others)}")

    def _print_help(self) -> NoReturn:
        from workbench.cli.help import help_text  # which nothing else needs

        sys.stdout.write(help_text(self))
        raise SystemExit(0)

    def _print_version(self) -> NoReturn:
        from workbench.cli.version import version

        sys.stdout.write(version() + "\n")
        raise SystemExit(0)


def expanded(arguments: Iterable[str]) -> Iterable[str]:
    """Gives the words, with those of a file in the place of each `@FILE`; what is in files is not expanded again.

    Raises:
        argparse.ArgumentTypeError: a file cannot be read, or a quote in it is not closed.
    """
    for word in arguments:
        if len(word) > 1 and word.startswith("@"):
            yield from _words_of(word[1:])
        else:
            yield word


def _words_of(path: str) -> list[str]:
    import shlex  # which hardly any command line needs

    try:
        with open(path, encoding="utf-8") as file:
            return shlex.split(file.read())
    except (OSError, ValueError) as problem:
        raise argparse.ArgumentTypeError(f"@{path}: {problem}") from None


def _converted(option: Option, words: Sequence[str]) -> Iterable[Any]:
    for convert, word in zip(option.types, words, strict=True):
        try:
            yield convert(word)
        except argparse.ArgumentTypeError as problem:
            raise argparse.ArgumentTypeError(f"{'/'.join(option.spellings)}: {problem}") from None


def _made(positional: Positional, word: str) -> Any:
    try:
        return positional.type(word)
    except argparse.ArgumentTypeError as problem:
        raise argparse.ArgumentTypeError(f"{positional.name}: {problem}") from None

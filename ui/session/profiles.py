"""The profiles: those that come with the program, and the user's own."""

from collections.abc import Sequence

from ui.session.kept_settings import KeptSettings
from workbench import dictionary
from workbench.acse.contexts import ContextNeed
from workbench.acse.profiles import Profile, built_in_profiles
from workbench.upper_layer.items import UserInformationItem


class ProfileBook:
    """Profiles by name. One of the user's takes the place of a built-in one of the same name."""

    def __init__(self, settings: KeptSettings) -> None:
        self._settings = settings
        self._built_in = built_in_profiles(dictionary.storage_sop_classes(), dictionary.transfer_syntaxes())

    @property
    def all(self) -> tuple[Profile, ...]:
        """Every profile, the built-in ones first."""
        own = self._settings.value.profiles
        names = {profile.name for profile in own}
        return (*(profile for profile in self._built_in if profile.name not in names), *own)

    def get(self, name: str | None) -> Profile | None:
        """Gives a profile by its name; None when there is none."""
        return next((profile for profile in self.all if profile.name == name), None)

    def needs(self, name: str | None) -> list[ContextNeed]:
        """Gives what a profile proposes, class by class and syntax by syntax; nothing when there is none."""
        profile = self.get(name)
        enabled = [each for each in profile.contexts if each.enabled] if profile is not None else []
        return [(each.sop_class_uid, syntax) for each in enabled for syntax in each.transfer_syntaxes]

    def negotiation(self, name: str | None) -> tuple[UserInformationItem, ...]:
        """Gives the roles and the extended negotiation that a profile proposes; nothing when there is none."""
        profile = self.get(name)
        return (*profile.role_selections(), *profile.extended_negotiations()) if profile is not None else ()

    def save(self, profile: Profile) -> None:
        """Keeps a profile, instead of the user's own of its name if there is one."""
        self.save_all([profile])

    def save_all(self, profiles: Sequence[Profile]) -> None:
        """Keeps profiles, instead of the user's own of their names."""
        names = {profile.name for profile in profiles}
        others = tuple(each for each in self._settings.value.profiles if each.name not in names)
        self._settings.change(profiles=(*others, *profiles))

    def remove(self, name: str) -> None:
        """Forgets a profile of the user; a built-in one of that name comes back."""
        others = tuple(each for each in self._settings.value.profiles if each.name != name)
        self._settings.change(profiles=others)

"""Every action of the window as one row: menus, shortcuts and the list of shortcuts are built from this table.

`method` names a method of `ui.views.commands.Commands`; a row whose method is missing fails a test. Texts are English
source texts, translated when the menu is built.
"""

from dataclasses import dataclass
from typing import Final

MENUS: Final = ("File", "Edit", "View", "Node", "Trace", "Help")


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionRow:
    """One action.

    Attributes:
        text: as in the menu; "…" when it asks for more before it acts.
        shortcuts: key sequences in Qt's portable form, the first is shown.
        method: what it calls.
        is_toggle: has a tick; the method gets the new state.
        starts_group: a line above it in the menu.
    """

    id: str
    menu: str
    text: str
    method: str
    shortcuts: tuple[str, ...] = ()
    icon: str = ""
    is_toggle: bool = False
    starts_group: bool = False


def _row(
    id: str,  # noqa: A002 (the word of the table)
    text: str,
    *shortcuts: str,
    icon: str = "",
    toggle: bool = False,
    group: bool = False,
) -> ActionRow:
    menu, name = id.split(".")
    return ActionRow(
        id=id, menu=menu.capitalize(), text=text, method=name, shortcuts=shortcuts, icon=icon, is_toggle=toggle,
        starts_group=group,
    )  # fmt: skip


ACTIONS: Final = (
    _row("file.add_files", "Add files to send…", "Ctrl+O", icon="file"),
    _row("file.add_folder", "Add a folder to send…", "Ctrl+Shift+O", icon="folder"),
    _row("file.open_storage", "Open the folder of received objects", icon="receive"),
    _row("file.import_profiles", "Import profiles…", icon="contexts", group=True),
    _row("file.export_profiles", "Export my profiles…"),
    _row("file.settings", "Settings…", "Ctrl+,", icon="settings", group=True),
    _row("file.quit", "Quit", "Ctrl+Q", group=True),
    _row("edit.undo", "Undo removal", "Ctrl+Z"),
    _row("edit.copy_bytes", "Copy bytes of the selected field", "Ctrl+Shift+C", icon="copy"),
    _row("edit.find", "Filter the trace", "Ctrl+F", "/", icon="search", group=True),
    _row("edit.clear_files", "Clear the send list", icon="remove", group=True),
    _row("view.send", "Send", "Ctrl+1", icon="send"),
    _row("view.receive", "Receive", "Ctrl+2", icon="receive"),
    _row("view.query", "Query", "Ctrl+3", icon="query"),
    _row("view.worklist", "Worklist", "Ctrl+4", icon="worklist"),
    _row("view.contexts", "Contexts", "Ctrl+5", icon="contexts"),
    _row("view.verify", "Verify", "Ctrl+6", icon="verify"),
    _row("view.maximise_trace", "Show only the trace", "F11", "Ctrl+7", icon="trace", toggle=True),
    _row("view.show_nodes", "Nodes and local AE", toggle=True, group=True),
    _row("view.show_details", "Details of the selection", toggle=True),
    _row("view.next_pane", "Next pane", "F6"),
    _row("view.reset_layout", "Reset the layout"),
    _row("view.theme_light", "Light", toggle=True, group=True),
    _row("view.theme_dark", "Dark", toggle=True),
    _row("view.theme_system", "Same as the system", toggle=True),
    _row("node.add_node", "Add a node…", "Ctrl+N", icon="add"),
    _row("node.edit_node", "Edit the node…", icon="edit"),
    _row("node.remove_node", "Remove the node", icon="remove"),
    _row("node.echo", "Check the node", "Ctrl+E", icon="verify", group=True),
    _row("node.echo_all", "Check all nodes", "Ctrl+Shift+E"),
    _row("node.ask", "Query the node", "Ctrl+Shift+Q", icon="query", group=True),
    _row("node.start_sending", "Send to the node", "Ctrl+Return", icon="send", group=True),
    _row("node.release_after_this", "Release after this object", icon="pause"),
    _row("node.abort_now", "Abort now", "Ctrl+.", icon="stop"),
    _row("node.retry_failed", "Retry failed objects", "Ctrl+Shift+R", icon="refresh"),
    _row("node.request_commitment", "Request commitment of what was stored"),
    _row("node.listen", "Listen for incoming associations", "Ctrl+Shift+L", icon="receive", toggle=True, group=True),
    _row("node.start_demo", "Start the demo", icon="play", group=True),
    _row("trace.pause", "Pause the view", "Ctrl+Space", icon="pause", toggle=True),
    _row("trace.follow", "Follow new rows", icon="follow", toggle=True),
    _row("trace.only_association", "Only the selected row's association", "Ctrl+Alt+F", toggle=True, group=True),
    _row("trace.clock_times", "Show the time of day", toggle=True),
    _row("trace.clear_trace", "Clear the trace", "Ctrl+L", icon="remove", group=True),
    _row("help.shortcuts", "Keyboard shortcuts", "F1"),
    _row("help.about", "About", icon="app", group=True),
)

"""The widgets of the window: layout, painting and signals.

Flow: a view gets the Session in its constructor, shows the session's models and settings, listens to its signals
and calls its methods. A view holds no protocol logic, opens no file and waits for nothing; what takes time is a method
of the session, which reports back through signals.

`workspace` puts the parts together: the `activity_bar`, docks with `nodes_card` and `local_ae_card`, `details` (why,
contexts, association) and `trace_card` (rows, fields, bytes), and in the middle `send_panel`, `receive_panel`,
`contexts_panel` and `verify_panel`. `main_window` adds the commands, dropped files and the memory of the layout.
`controls` has the small parts they are all built from.

Imports `ui.session`, `ui.models`, `ui.actions`, `ui.theme` and plain values of `workbench`; never its network, services
or storage.
"""

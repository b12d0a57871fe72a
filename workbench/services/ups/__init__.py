"""Unified Procedure Step: the worklist that is pushed to, pulled from and watched (PS3.4 Annex CC).

All steps are instances of the UPS Push SOP Class; the five SOP classes are five ways to reach them. As SCP, `UpsScp`
keeps the steps in a folder and tells subscribers what becomes of them. From the bottom up, each module knows only
those before it:

* `classes`: the UIDs, the numbers of actions and events.
* `states`: the state machine, Table CC.1.1-2. `attributes`: what may be created and set and what a final state needs,
  Table CC.2.5-3. `subscriptions`: who is told, Table CC.2.3-2. These three are tables with the code that reads them.
* `data_sets`: attributes as they come and as they are kept. `contents`: data sets for creators and performers.
  `reports`: what an event report says, Table CC.2.4-1.
* `workitems`: one step with its subscribers. `store`: steps and subscriptions on disk.
* `matching`: the C-FIND of the steps. `worklist`: what each operation does to them, without network and disk, and
  `subscribing`: what the subscription actions do.
* `deliveries`: event reports on their way to the subscribers.
* `scp`: the operations as they come over the wire.

As SCU, `scu` has a call for each operation and `listener` takes the event reports.
"""

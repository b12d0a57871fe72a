"""Modality Performed Procedure Step: what a modality does, told, kept, looked up, notified (PS3.4 F.7 to F.9).

scu          `create_step`, `set_step`, `complete_step`, `discontinue_step`, `get_step`; `notified_offer` is told
scp          `ProcedureStepScp`: keeps the steps, enforces their states, notifies
attributes   what a step must hold when it is created and when it ends (Table F.7.2-1)
"""

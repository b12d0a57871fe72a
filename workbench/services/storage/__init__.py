"""The Storage Service Class: instances sent by C-STORE, one or many, and kept (PS3.4 Annex B).

The data set of an object is never decoded, encoded again or held whole: as SCU it streams from the file, as SCP into
it. Reading, converting, checking and writing happen in threads.

As SCU, from one instance to many::

    instances      what can be sent: `scan` gives the instances of files, `memory` makes those of data sets
    dicomdir       the files that a DICOMDIR refers to
    datasets       data sets that stream into an association, loaded and converted one ahead of what is sent
    alterations    what is done to a data set on its way out: converted, VRs of before 1993, another identity
    inventing      new patients, studies, series and instances, made of old ones as they are sent
    scu            `store`: one C-STORE and its answer
    proposals      which contexts the instances need, by each way to choose them; `usual_classes` for one of these
    send_groups    which of the instances go over which association
    sender         works through a queue over one association, and over another one when that is lost
    sending        `Sending`: many instances to one node, over as many associations as they need
    outcomes       what became of each, in numbers and as a report; `transfer_report` is that of DCMTK's dcmsend
    sent_files     files renamed by what became of them

As SCP, from the request to the file::

    scp            `StorageScp`: judges what is offered, answers what became of it
    object_names   how files may be called
    receiving      one object as it arrives: checked, written, indexed, made durable
    disk_threads   the threads in which that happens
"""

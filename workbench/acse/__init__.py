"""ACSE: what an association is proposed with, how it is answered and what both sides then agree on (PS3.7 Annex D).

Pure: PDUs in, PDUs and values out; no clock, socket, file, dictionary or log. It imports nothing of ours but `errors`,
`uids` and `upper_layer`; lists of SOP classes and transfer syntaxes come from the callers.

Requestor:  `contexts.propose` or a `profiles.Profile` -> `negotiate.request_association` -> A-ASSOCIATE-RQ
Acceptor:   A-ASSOCIATE-RQ, `policy.Policy` -> `negotiate.answer` -> A-ASSOCIATE-AC or -RJ
Both:       A-ASSOCIATE-RQ and -AC -> `agreement.agree` -> `agreement.Agreement`, which knows the context to send on
            `extended` gives the bytes of extended negotiation their meaning, asked and answered
            `asconfig` reads and writes profiles in DCMTK's text format
"""

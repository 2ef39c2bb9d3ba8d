"""`jianghua label`: vote with every cue, lay hand labels over the votes, say what each cue is worth."""

from collections.abc import Sequence

from omegaconf import DictConfig

from jianghua.commands.application import run_application
from jianghua.commands.configuration import LABEL, checked
from jianghua.commands.terminal import print_cues, print_duplicates
from jianghua.errors import UsageError, access_to
from jianghua.labelling.analysis import cue_table
from jianghua.labelling.label_model import compare_label_models
from jianghua.labelling.table import to_table, write_table
from jianghua.labels import ABSTAIN


def run(rest: Sequence[str]) -> int:
    """Run the verb."""
    return run_application("label", label, rest)


def label(config: DictConfig) -> None:
    """Write the table of paragraphs, print what the cues are worth and which speeches stand twice."""
    configuration = checked(config, LABEL)
    out = configuration.path("out")
    if out is None:
        raise UsageError("out is null; expected the file that the table is written to, such as out=paragraphs.parquet")
    corpus = configuration.corpus()
    with access_to(out):
        write_table(to_table(corpus), out)
    models = None
    if (corpus.gold != ABSTAIN).any():
        models = compare_label_models(corpus.votes, corpus.gold, [p.source for p in corpus.paragraphs])
    print_cues(cue_table(corpus.cues, corpus.votes, corpus.gold), corpus, out, models)
    print_duplicates(corpus.duplicates)

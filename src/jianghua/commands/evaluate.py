"""`jianghua evaluate`: score a saved model on labelled speeches that it was not trained on."""

from collections.abc import Sequence
from pathlib import Path

from omegaconf import DictConfig

from jianghua.commands.application import run_application
from jianghua.commands.configuration import EVALUATE, checked
from jianghua.commands.console import console
from jianghua.commands.terminal import functions_table, scores_table
from jianghua.errors import access_to
from jianghua.files import write_bytes
from jianghua.model.store import load_model
from jianghua.tables import table_bytes
from jianghua.tracking.registry import find_model
from jianghua.training.evaluation import evaluate, scored_table


def run(rest: Sequence[str]) -> int:
    """Run the verb."""
    return run_application("evaluate", evaluate_model, rest)


def evaluate_model(config: DictConfig) -> None:
    """Print the scores, and which speeches were left out because the model was trained on them."""
    configuration = checked(config, EVALUATE)
    model = load_model(find_model(configuration["model_path"], Path(configuration["tracking.folder"])))
    corpus = configuration.corpus()
    evaluation = evaluate(model, corpus, configuration.settings.seed)
    out = configuration.path("out")
    if out is not None:
        table = scored_table(evaluation, corpus)
        with access_to(out):
            write_bytes(out, table_bytes(list(table.columns), table.itertuples(index=False)))
    target = console()
    if evaluation.trained_on:
        count = len(evaluation.trained_on)
        target.print(f"{count} labelled speeches were in the training data of this model and are not scored:")
        target.print("  " + ", ".join(evaluation.trained_on))
    unseen = f"{evaluation.scores['model'].count} hand-labelled paragraphs of {len(evaluation.scored)} unseen speeches"
    target.print(scores_table(evaluation.scores, f"{model.title} on {unseen}"))
    target.print(functions_table(evaluation.scores))

"""Wrong values of settings are messages before anything is read or trained, in the words of who typed them."""

import pytest
from omegaconf import DictConfig, OmegaConf

from jianghua.commands.choices import check_choices
from jianghua.commands.configuration import EVALUATE, LABEL, TRAIN, Configuration, checked, composed
from jianghua.errors import UsageError
from jianghua.model.features import FEATURE_SETS, feature_set
from jianghua.resources import configuration_folder
from jianghua.training.classifiers import CLASSIFIERS
from jianghua.training.fitting import make_tagger
from jianghua.training.settings import Settings


def train(*overrides: str) -> Configuration:
    return checked(composed("train", overrides), TRAIN)


def test_every_setting_that_we_ship_is_taken() -> None:
    for path in sorted((configuration_folder() / "experiment").glob("*.yaml")):
        train(f"experiment={path.stem}")
    for verb, needed in (("label", LABEL), ("evaluate", EVALUATE)):
        checked(composed(verb, []), needed)


def test_training_from_python_has_the_defaults_of_the_command() -> None:
    usual, ours = train().settings, Settings()
    assert usual == ours
    for kind in FEATURE_SETS:
        assert train(f"features={kind}").settings.features == feature_set(kind)
    for kind in CLASSIFIERS:
        assert train(f"model={kind}").settings.model == Settings(model=kind).model


@pytest.mark.parametrize(
    ("override", "message"),
    [
        ("seed=1.5", "seed 1.5 does not fit; expected a whole number from 0 to 4294967295"),
        ("seed=null", "seed None does not fit; expected a whole number"),
        ("~seed", "setting seed is missing"),
        ("+sead=1", "setting sead is not known; known are corpus.raw"),
        ("split.folds=two", "split.folds 'two' does not fit; expected a whole number"),
        ("split.folds=0", "split.folds 0 does not fit; expected a whole number from 2 on"),
        ("features.bits=abc", "features.bits 'abc' does not fit; expected a whole number from 1 to 20"),
        ("features.bits=21", "features.bits 21 does not fit"),
        ("features.low=4", "features.low 4 does not fit features.high 3"),
        ("context.iterations=1100", "context.iterations 1100 does not fit; expected a whole number from 0 to 1000"),
        ("context.iterations=0", "context.iterations 0 does not fit context.see; expected more, or context=none"),
        ("context.leaves=17", "context.leaves 17 does not fit; expected a whole number from 0 to 16"),
        ("context.see=text", "context.see 'text' does not fit; expected a list of some of text, position"),
        ("weak_weight=x", "weak_weight 'x' does not fit; expected a number from 0 to 1000"),
        ("weak_weight=nan", "weak_weight nan does not fit"),
        ("headings=no", "headings 'no' does not fit; expected true or false"),
        ("corpus.raw=null", "corpus.raw None does not fit; expected a text, or a list of texts"),
        ("corpus.raw={a: 1}", "corpus.raw {'a': 1} does not fit"),
        ("corpus.gold=[a,[b]]", "corpus.gold ['a', ['b']] does not fit"),
        ("save=[a,b]", "save ['a', 'b'] does not fit; expected a text"),
        ("name='my model'", "name 'my model' does not fit; expected up to 60 letters, digits, - _ ."),
        ("learning_curve=[2]", "learning_curve [2] does not fit; expected a list of numbers above 0 and up to 1"),
        (
            "tracking.register=a/b",
            "tracking.register 'a/b' does not fit; expected up to 200 characters without / and :",
        ),
        ("tracking.register=''", "tracking.register '' does not fit"),
        ("tracking.experiment=../x", "tracking.experiment '../x' does not fit"),
        ("tracking.folder=${nothing}", "configuration: Interpolation key 'nothing' not found"),
        ("unit=page", "unit 'page' is not known; use one of sentence, paragraph"),
        ("jobs=0", "jobs 0 does not fit; expected a whole number from 1 to 1024"),
    ],
)
def test_a_value_of_another_type_or_range_is_a_message(override: str, message: str) -> None:
    with pytest.raises(UsageError) as refusal:
        train(override)
    assert str(refusal.value).startswith(message)


@pytest.mark.parametrize("argument", ["context=null", "cues=[]", "model=5", "+experiment=null", "split=1.5"])
def test_a_group_without_a_name_is_a_message(argument: str) -> None:
    with pytest.raises(UsageError, match="expected the name of a file of conf/"):
        check_choices(["--multirun", argument])
    check_choices(
        ["context=none", "model=logistic,naive_bayes", "experiment=[best]", "seed=null", "~context", "=", "..=null"]
    )


def test_one_beginning_of_names_is_not_taken_letter_by_letter() -> None:
    assert train("split.test=2003-county").settings.test == ("2003-county",)
    assert train("split.test=[2003,web]").settings.test == ("2003", "web")
    assert train("save=2024")["save"] == "2024"


def test_parameters_that_scikit_learn_refuses_only_while_it_trains_are_told_before() -> None:
    for overrides, message in (
        (["model.C=-1"], "The 'C' parameter of LogisticRegression must be"),
        (["+model.solver=newton-cg", "+model.dual=true"], "supports only dual=False"),
        (["model=naive_bayes", "model.alpha=null"], "The 'alpha' parameter of ComplementNB must be"),
    ):
        with pytest.raises(UsageError, match=message):
            make_tagger(train(*overrides).settings)


def test_the_names_that_mlflow_takes_for_a_model_are_those_that_we_take() -> None:
    from mlflow.exceptions import MlflowException
    from mlflow.utils.validation import _validate_model_name

    for name in ("a/b", "a:b", "", " ", "..", "讲话", "two words", "v1.2"):
        config = OmegaConf.merge(composed("train", []), {"tracking": {"register": name}})
        assert isinstance(config, DictConfig)
        try:
            _validate_model_name(name)
        except MlflowException:
            with pytest.raises(UsageError, match=r"tracking.register"):
                checked(config, TRAIN)
        else:
            assert checked(config, TRAIN)["tracking.register"] == name

"""The registered model as a UDF of Spark."""

import importlib.util
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from jianghua.tracking.pyfunc import OUTPUT, predict_texts

pytestmark = [
    pytest.mark.integration,
    pytest.mark.skipif(shutil.which("java") is None, reason="Java is not installed; Spark needs it"),
    pytest.mark.skipif(
        importlib.util.find_spec("pyspark") is None, reason="pyspark is not installed: pip install pyspark"
    ),
]

_SCRIPT = """
import json, sys
from pathlib import Path
import mlflow
from pyspark.sql import SparkSession
from pyspark.sql.functions import struct
from jianghua.tracking.registry import log_model
from jianghua.tracking.runs import Tracking
from jianghua.tracking.pyfunc import predict_texts

model, texts = Path(sys.argv[1]), json.loads(sys.argv[2])
with mlflow.start_run(experiment_id=Tracking(Path("experiments"), "training").prepare()):
    log_model(model, texts[:3], predict_texts(model, texts[:3]), "speeches")
spark = SparkSession.builder.master("local[2]").config("spark.ui.enabled", "false").getOrCreate()
spark.sparkContext.setLogLevel("ERROR")
tag = mlflow.pyfunc.spark_udf(spark, "models:/speeches/1", env_manager="local")
frame = spark.createDataFrame(list(enumerate([*texts, None])), "number int, text string").repartition(3)
rows = frame.withColumn("tag", tag(struct("text"))).select("number", "tag.*").orderBy("number").collect()
Path("rows.json").write_text(json.dumps([row.asDict() for row in rows]))
spark.stop()
"""


def test_a_data_frame_of_texts_gets_the_labels_that_the_model_gives(model_folder: Path, tmp_path: Path) -> None:
    texts = ["谢谢大家！", "要落实包村责任，加大督促力度。", "半年来，门诊量增长了一成。", "问题不少。", "", "x"] * 5
    environment = {
        **os.environ,
        "PYSPARK_PYTHON": sys.executable,
        "SPARK_LOCAL_IP": "127.0.0.1",
        "MLFLOW_DISABLE_TELEMETRY": "true",
    }
    line = [sys.executable, "-c", _SCRIPT, str(model_folder), json.dumps(texts)]
    done = subprocess.run(line, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr[-4000:]
    rows = json.loads((tmp_path / "rows.json").read_text())
    assert [row.pop("number") for row in rows] == list(range(len(texts) + 1))
    nothing = rows.pop()
    assert rows == predict_texts(model_folder, texts).to_dict("records")
    assert nothing == {name: "" if name in ("label", "secondary") else None for name in OUTPUT}

"""Trains on Spark from Python: Accrete runs in Spark's JVMs, and these few functions call it.

    spark-submit --packages org.accrete:accrete-engine-spark:VERSION,org.accrete:accrete-learners-sgd:VERSION \\
        accrete_pyspark.py flights.csv models
"""
import sys

from pyspark.sql import DataFrame, SparkSession


def open_store(spark, directory):
    """The models in a directory, which is made where there is none; close it at the end."""
    jvm = spark._jvm
    return jvm.org.accrete.core.store.DirectoryStore.open(jvm.java.io.File(directory).toPath())


def strings(spark, *values):
    """An array for a method that takes any number of texts, as columns(...) and steps(...) do."""
    array = spark._sc._gateway.new_array(spark._jvm.java.lang.String, len(values))
    for i, value in enumerate(values):
        array[i] = value
    return array


def training(spark, frame, target):
    """A SparkTraining, whose methods are called as in Java. The frame may stream."""
    return spark._jvm.org.accrete.engine.spark.SparkTraining.of(frame._jdf, target)


def load(spark, store, reference):
    """A SparkModel by MODEL, MODEL@ALIAS or MODEL@NUMBER."""
    return spark._jvm.org.accrete.engine.spark.SparkModel.load(store, reference)


def transform(spark, model, frame):
    """The frame with predictions beside each row."""
    return DataFrame(model.transform(frame._jdf), spark)


if __name__ == "__main__":
    spark = SparkSession.builder.getOrCreate()
    rows = spark.read.csv(sys.argv[1], header=True, inferSchema=True)
    store = open_store(spark, sys.argv[2])
    version = (
        training(spark, rows, "delayed")
        .columns(strings(spark, "delay=ignore"))
        .orderBy("date")
        .shards(8)
        .resume(store, "flights")
        .run()
    )
    scored = transform(spark, load(spark, store, version.reference()), rows)
    right = scored.where("prediction = cast(delayed as string)").count()
    print(f"{version.reference()}: {right / scored.count():.4f} of the rows it learned are told right")
    store.close()
    spark.stop()

package org.accrete.engine.spark;

import org.apache.spark.sql.SparkSession;

/** One small session for all tests of a JVM. */
final class Sessions {
    private static final SparkSession SESSION = local("local[2]");

    private Sessions() {}

    static SparkSession session() {
        return SESSION;
    }

    static SparkSession local(String master) {
        SparkSession session = SparkSession.builder()
                .master(master)
                .config("spark.ui.enabled", "false")
                .config("spark.sql.shuffle.partitions", "3")
                .config("spark.driver.bindAddress", "127.0.0.1")
                .config("spark.driver.host", "127.0.0.1")
                .config("spark.sql.session.timeZone", "America/Los_Angeles")
                .getOrCreate();
        session.sparkContext().setLogLevel("ERROR");
        return session;
    }
}

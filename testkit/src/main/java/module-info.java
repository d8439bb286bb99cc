/** The laws of Accrete as test suites, and wrappers that inject faults. */
module org.accrete.testkit {
    requires transitive org.accrete.api;
    requires transitive org.accrete.core;
    requires transitive org.assertj.core;
    requires transitive org.junit.jupiter.api;
    requires transitive org.junit.jupiter.params;
    requires jdk.management;
    requires org.opentest4j;

    exports org.accrete.testkit;
}

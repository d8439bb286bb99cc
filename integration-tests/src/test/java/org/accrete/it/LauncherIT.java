package org.accrete.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests the launcher script in the root folder. */
final class LauncherIT {
    @ParameterizedTest
    @ValueSource(strings = {"C", "POSIX", "xx_XX.UTF-8", ""})
    void namesAreUtf8WhateverTheLocale(String locale) throws Exception {
        // The shell creates the name from bytes, because this JVM may run without a locale.
        ProcessBuilder builder = new ProcessBuilder(
                        "sh", "-c", "./accrete describe \"$(printf 'gr\\303\\266\\303\\237e')\"")
                .directory(Command.ROOT.toFile())
                .redirectErrorStream(true);
        builder.environment().keySet().removeAll(Set.of("LC_ALL", "LC_CTYPE", "LANG"));
        if (!locale.isEmpty()) {
            builder.environment().put("LC_ALL", locale);
        }
        Process process = builder.start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).isEqualTo(2);
        assertThat(said).contains("'gr\u00f6\u00dfe'");
    }
}

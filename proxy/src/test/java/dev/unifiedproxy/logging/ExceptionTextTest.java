package dev.unifiedproxy.logging;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.spi.ThrowableProxy;

import org.junit.jupiter.api.Test;

import java.io.IOException;

final class ExceptionTextTest {
    @Test
    void causesAndSuppressedAreNamed() {
        Exception cause = new IOException("disk");
        IllegalStateException thrown = new IllegalStateException("outer", cause);
        thrown.addSuppressed(new IllegalArgumentException("beside"));

        assertThat(ExceptionText.of(new ThrowableProxy(thrown)))
                .startsWith("java.lang.IllegalStateException: outer\n\tat ")
                .contains("\nSuppressed: java.lang.IllegalArgumentException: beside\n\tat ")
                .contains("\nCaused by: java.io.IOException: disk");
    }

    @Test
    void textIsBoundedHoweverLongTheChain() {
        Exception thrown = new IOException("x".repeat(5_000));
        for (int i = 0; i < 200; i++) {
            thrown = new IllegalStateException("level " + i, thrown);
        }

        assertThat(ExceptionText.of(new ThrowableProxy(thrown))).hasSize(ExceptionText.MAX);
    }

    @Test
    void circleOfCausesEnds() {
        Exception first = new IllegalStateException("first");
        Exception second = new IllegalStateException("second", first);
        first.initCause(second);

        assertThat(ExceptionText.of(new ThrowableProxy(second))).contains("second", "first");
    }
}

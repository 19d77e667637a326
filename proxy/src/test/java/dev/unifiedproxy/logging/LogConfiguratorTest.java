package dev.unifiedproxy.logging;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.Configurator;

import org.junit.jupiter.api.Test;

import java.util.ServiceLoader;

final class LogConfiguratorTest {
    @Test
    void logbackFindsItAndLooksNoFurther() {
        LoggerContext context = new LoggerContext();

        assertThat(ServiceLoader.load(Configurator.class))
                .singleElement()
                .isInstanceOfSatisfying(
                        LogConfigurator.class,
                        found ->
                                assertThat(found.configure(context))
                                        .isEqualTo(
                                                Configurator.ExecutionStatus
                                                        .DO_NOT_INVOKE_NEXT_IF_ANY));
        Logger root = context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
        assertThat(root.getLevel()).isEqualTo(Level.OFF);
        assertThat(root.iteratorForAppenders().hasNext()).isFalse();
    }
}

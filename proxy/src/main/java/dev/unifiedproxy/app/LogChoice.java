package dev.unifiedproxy.app;

import dev.unifiedproxy.config.Settings;
import dev.unifiedproxy.logging.LogSettings;

import org.slf4j.event.Level;

/** The settings of a start as the logging package takes them. */
final class LogChoice {
    private LogChoice() {}

    static LogSettings of(Settings.Logging logging) {
        return new LogSettings(
                switch (logging.level()) {
                    case DEBUG -> Level.DEBUG;
                    case INFO -> Level.INFO;
                    case WARN -> Level.WARN;
                    case ERROR -> Level.ERROR;
                },
                switch (logging.format()) {
                    case JSON -> LogSettings.Format.JSON;
                    case TEXT -> LogSettings.Format.TEXT;
                },
                logging.timestamp(),
                logging.location());
    }
}

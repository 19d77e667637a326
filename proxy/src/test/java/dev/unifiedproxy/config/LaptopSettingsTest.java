package dev.unifiedproxy.config;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/** Where everything is when nothing is set and the usual places cannot be written. */
class LaptopSettingsTest {
    private static final Path HOME = Path.of("/home/dev");

    @Test
    void laptopKeepsEverythingUnderHomeOnPortsThatNeedNoPrivilege() {
        Settings settings = Settings.load(Map.of(), Map.of(), HOME, path -> false);

        Path base = Path.of("/home/dev/.unified-proxy");
        assertThat(settings.places())
                .isEqualTo(
                        new Settings.Places(
                                base.resolve("run"),
                                base.resolve("state"),
                                base.resolve("certs"),
                                base.resolve("config"),
                                base.resolve("state/registry.db"),
                                Optional.of(base)));
        assertThat(settings.listeners().proxy().port()).isEqualTo(8080);
        assertThat(settings.listeners().metrics().port()).isEqualTo(9090);
        assertThat(settings.listeners().dns()).map(Object::toString).contains("0.0.0.0:1053");
        assertThat(settings.listeners().controlSocket())
                .isEqualTo(base.resolve("run/internal.sock"));
    }

    @ParameterizedTest
    @CsvSource({"PROXY_RUN_DIR", "PROXY_STATE_DIR", "PROXY_CERTS_DIR", "PROXY_CONFIG_DIR"})
    void oneDirectoryThatIsSetMeansThisIsNoLaptop(String name) {
        Settings settings = Settings.load(Map.of(name, "/s"), Map.of(), HOME, path -> false);

        assertThat(settings.places().laptopDirectory()).isEmpty();
        assertThat(settings.places().stateDirectory())
                .isEqualTo(
                        Path.of(name.equals("PROXY_STATE_DIR") ? "/s" : "/var/lib/unified-proxy"));
    }

    @Test
    void oneWritablePlaceMeansThisIsNoLaptop() {
        Settings settings =
                Settings.load(Map.of(), Map.of(), HOME, path -> path.startsWith("/var/lib"));

        assertThat(settings.places().laptopDirectory()).isEmpty();
    }
}

package dev.unifiedproxy.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;

/** Start, restart without a database, and the graceful end. */
@Timeout(90)
class LifecycleScenarioTest {
    @RegisterExtension
    static final ProxyUnderTest PROXY = ProxyUnderTest.allowing("plain.example", "github.com");

    @Test
    void readyMeansThatEveryListenerAccepts() throws Exception {
        assertThat(PROXY.runFile("ready")).hasContent("ready");
        assertThat(Files.readString(PROXY.runFile("ports.json")))
                .contains(
                        "\"proxy\": " + PROXY.proxy().ports().proxy(),
                        "\"metrics\": " + PROXY.proxy().ports().metrics());
        assertThat(PROXY.client().get("http://plain.example/").status()).isEqualTo(200);
        assertThat(PROXY.metrics("127.0.0.1")).contains("# HELP");
        assertThat(PROXY.control().health().status()).isEqualTo("healthy");
    }

    @Test
    void ticketRestoresTheRegistrationAfterTheDatabaseIsLost() throws Exception {
        String ticket = PROXY.register("survivor", "127.0.0.21");
        String removed = PROXY.register("removed", "127.0.0.22");
        PROXY.control().remove("removed");
        PROXY.restart(() -> deleteDatabase(PROXY.stateFile("registry.db")));
        assertThat(PROXY.control().containers()).isEmpty();
        Client survivor = PROXY.client("127.0.0.21");
        assertThat(survivor.get("http://plain.example/").outcome())
                .isEqualTo("403 identity.unknown_container");
        String login = "survivor:" + ticket;
        assertThat(PROXY.client("127.0.0.23").with(login).get("http://plain.example/").outcome())
                .isEqualTo("403 identity.ticket_invalid");
        assertThat(survivor.with(login).get("http://plain.example/").status()).isEqualTo(200);
        assertThat(survivor.get("http://plain.example/").status())
                .as("registered again")
                .isEqualTo(200);
        assertThat(
                        PROXY.client("127.0.0.22")
                                .with("removed:" + removed)
                                .get("http://plain.example/")
                                .outcome())
                .isEqualTo("403 identity.unknown_container");
        PROXY.register(ProxyUnderTest.CONTAINER, ProxyUnderTest.REGISTERED);
    }

    private static void deleteDatabase(Path database) throws IOException {
        try (Stream<Path> files = Files.list(database.getParent())) {
            String name = String.valueOf(database.getFileName());
            for (Path file :
                    files.filter(f -> String.valueOf(f.getFileName()).startsWith(name)).toList()) {
                Files.delete(file);
            }
        }
    }

    @Test
    void stopLetsExchangesFinishAndClosesTheRest() throws Exception {
        int port = PROXY.proxy().ports().proxy();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
                Connection idle = PROXY.client().connect();
                Connection idleTunnel = PROXY.client().tunnel("github.com:443");
                Connection busy = PROXY.client().connect()) {
            busy.write(
                    "GET http://plain.example/delay/2000 HTTP/1.1\r\nHost: plain.example\r\n\r\n");
            await().until(() -> PROXY.upstream().connections() > 0);
            Future<?> stop = threads.submit(() -> PROXY.proxy().stop());
            assertThat(idle.closed()).isTrue();
            assertThat(PROXY.runFile("ready")).doesNotExist();
            assertThat(idleTunnel.closed()).isTrue();
            assertThatThrownBy(() -> PROXY.client().get("http://plain.example/"))
                    .isInstanceOf(IOException.class);
            assertThat(stop.isDone()).as("one exchange is in progress").isFalse();
            Reply reply = busy.read();
            assertThat(reply.status()).isEqualTo(200);
            assertThat(reply.field("connection")).isEqualTo("close");
            assertThat(busy.closed()).isTrue();
            stop.get();
        }
        assertThat(port).isPositive();
        assertThat(PROXY.runFile("ports.json")).doesNotExist();
        PROXY.restart(() -> {});
        assertThat(PROXY.client().get("http://plain.example/").status())
                .as("the registration is still there")
                .isEqualTo(200);
    }
}

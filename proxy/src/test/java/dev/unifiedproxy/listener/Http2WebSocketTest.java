package dev.unifiedproxy.listener;

import static org.assertj.core.api.Assertions.assertThat;

import dev.unifiedproxy.http.BodyFraming;
import dev.unifiedproxy.http.Headers;
import dev.unifiedproxy.http.ResponseHead;
import dev.unifiedproxy.transport.Downstream;

import io.netty.buffer.Unpooled;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/** Extended CONNECT: <a href="https://datatracker.ietf.org/doc/html/rfc8441">RFC 8441</a>. */
class Http2WebSocketTest {
    private static final String[] OFFER = {":protocol", "websocket", "sec-websocket-version", "13"};

    @TempDir Path directory;
    private Http2Rig rig;

    @BeforeEach
    void open() {
        rig = new Http2Rig(directory);
    }

    @AfterEach
    void close() {
        rig.close();
    }

    private Downstream opened() {
        rig.frame(1, Http2Rig.END_HEADERS, 1, Http2Rig.head("CONNECT", OFFER));
        assertThat(rig.events()).containsExactly("GET https://a.example:443/x");
        Downstream downstream = rig.base.path.downstream.orElseThrow();
        downstream.head(
                new ResponseHead(
                        101,
                        Headers.of("sec-websocket-protocol", "p"),
                        BodyFraming.WEB_SOCKET,
                        false));
        downstream.flush();
        assertThat(rig.frames()).containsExactly("HEADERS 1 :status=200|sec-websocket-protocol=p|");
        return downstream;
    }

    @Test
    void itIsTheGetThatItWouldBeOverHttp1() {
        Downstream downstream = opened();
        downstream.body(Unpooled.copiedBuffer("frame", StandardCharsets.ISO_8859_1));
        downstream.flush();
        assertThat(rig.frames()).containsExactly("DATA 1 frame");
        rig.frame(0, 0, 1, new byte[] {1, 2, 3});
        assertThat(rig.events()).anyMatch(event -> event.startsWith("body"));
    }

    /** Nothing more is read of a stream whose server has gone (RFC 9113 section 8.1). */
    @Test
    void theEndOfTheServersSideEndsTheStream() {
        opened().end(Headers.empty());
        List<String> frames = rig.frames();
        assertThat(frames).containsExactly("DATA 1  end", "RST 1 0");
    }

    @Test
    void theStopOfTheProxyIsToldToIt() {
        opened();
        rig.edge.drain();
        rig.channel.runPendingTasks();
        assertThat(rig.events()).last().asString().contains("proxy.stopping");
    }

    @Test
    void theEndOfTheRegistrationIsToldToIt() {
        opened();
        rig.base.table.closeContainer("sandbox-1");
        rig.channel.runPendingTasks();
        assertThat(rig.events()).anyMatch(event -> event.contains("identity.unknown_container"));
        assertThat(rig.channel.isOpen()).isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "0,sec-websocket-version,8",
        "0,sec-websocket-version,",
        "0,content-length,5",
        "0,sec-websocket-protocol,'a,a'",
        "1,accept,*/*",
    })
    void anOfferThatIsNotOneIsMalformed(int endOfStream, String name, String value) {
        String version = name.equals("sec-websocket-version") ? "accept" : "sec-websocket-version";
        rig.frame(
                1,
                Http2Rig.END_HEADERS | endOfStream,
                1,
                Http2Rig.head(
                        "CONNECT",
                        ":protocol",
                        "websocket",
                        version,
                        "13",
                        name,
                        value == null ? "" : value));
        assertThat(rig.events()).containsExactly("reject http.malformed a.example:443 sandbox-1");
    }

    @Test
    void anotherProtocolIsNotSpoken() {
        rig.frame(1, Http2Rig.END_HEADERS, 1, Http2Rig.head("CONNECT", ":protocol", "connect-udp"));
        assertThat(rig.events())
                .containsExactly("reject http.upgrade_unsupported a.example:443 sandbox-1");
    }

    @Test
    void aConnectWithoutProtocolIsNotOne() {
        rig.frame(1, Http2Rig.END_HEADERS, 1, Http2Rig.head("CONNECT"));
        assertThat(rig.events())
                .containsExactly("reject http.method_unsupported a.example:443 sandbox-1");
    }
}

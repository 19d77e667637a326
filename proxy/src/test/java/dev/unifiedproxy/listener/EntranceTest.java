package dev.unifiedproxy.listener;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.unifiedproxy.error.ErrorCode;
import dev.unifiedproxy.error.Refusal;
import dev.unifiedproxy.error.RefusedException;
import dev.unifiedproxy.host.IpAddress;
import dev.unifiedproxy.http.RequestHead;
import dev.unifiedproxy.http.RequestHeadParser;
import dev.unifiedproxy.transport.Downstream;
import dev.unifiedproxy.transport.Http1RequestDecoder;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;

class EntranceTest {
    @TempDir Path directory;
    private EdgeRig rig;
    private Entrance entrance;
    private Downstream downstream;

    @BeforeEach
    void open() {
        rig = new EdgeRig(directory, 10);
        IpAddress source = IpAddress.parse("10.0.0.5");
        entrance = new Entrance(rig.services, new Door.Forward(), source);
        downstream =
                new ServerEdge(rig.services, new Door.Forward(), source, new Http1RequestDecoder());
        rig.path.answerWith = Optional.empty();
        rig.channel.pipeline().addLast((ServerEdge) downstream);
    }

    @AfterEach
    void close() {
        rig.close();
    }

    private static RequestHead head(String text) {
        byte[] bytes = (text + "\r\n\r\n").getBytes(StandardCharsets.US_ASCII);
        return RequestHeadParser.parse(bytes, bytes.length);
    }

    @Test
    void aConnectGivesATunnelAndOthersGoToThePath() {
        assertThat(
                        entrance.enter(
                                "r-1",
                                head("CONNECT a.example:443 HTTP/1.1\r\nHost: a.example:443"),
                                downstream))
                .isPresent();
        assertThat(
                        entrance.enter(
                                "r-2",
                                head("GET http://a.example/x HTTP/1.1\r\nHost: a.example"),
                                downstream))
                .isEmpty();
        assertThat(rig.path.events)
                .containsExactly("CONNECT a.example:443", "GET http://a.example:80/x");
    }

    @Test
    void nothingEntersWhileTheProxyStops() {
        rig.table.drain();
        RequestHead head = head("GET http://a.example/x HTTP/1.1\r\nHost: a.example");
        assertThatThrownBy(() -> entrance.enter("r-1", head, downstream))
                .isInstanceOfSatisfying(
                        RefusedException.class,
                        e -> assertThat(e.refusal().code()).isEqualTo(ErrorCode.STOPPING));
        assertThat(rig.path.events).isEmpty();
    }

    @Test
    void theReasonOfADepartureIsThatOfAnUnknownContainer() {
        Refusal refusal = new ContainerDeparted("sandbox-1").refusal();
        entrance.reject("r-1", refusal, Optional.empty(), downstream);
        assertThat(rig.path.events).containsExactly("reject identity.unknown_container  ");
    }
}

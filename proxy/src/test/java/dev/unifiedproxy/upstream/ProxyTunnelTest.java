package dev.unifiedproxy.upstream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.unifiedproxy.credential.ProxyLogin;
import dev.unifiedproxy.error.ErrorCode;
import dev.unifiedproxy.host.Authority;
import dev.unifiedproxy.host.HostPattern;

import io.netty.handler.ssl.SslProvider;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;

import javax.net.ssl.SSLContext;

/** {@link ProxyTunnel} through an {@link UpstreamProxy} that says what a script says. */
final class ProxyTunnelTest {
    private static final String OK = "HTTP/1.1 200 Connection established\r\n\r\n";
    private static final RawServer.Script HI =
            connection -> {
                connection.readHead();
                connection.write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi");
                connection.readToEnd();
            };

    @TempDir private Path directory;

    private static RawServer proxy(String answer, RawServer.Script then) {
        return RawServer.plain(
                connection -> {
                    connection.readHead();
                    connection.write(answer);
                    then.run(connection);
                });
    }

    private static UpstreamProxy at(int port) {
        return new UpstreamProxy(
                Authority.parseWithPort("127.0.0.1:" + port),
                ProxyLogin.parse("user:pass"),
                List.of(HostPattern.parse("b.example")));
    }

    private static ClientRig rig(RawServer proxy) throws IOException {
        return new ClientRig(ClientRig.systemTls(), at(proxy.port()));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                OK,
                "HTTP/1.0 200 OK\r\n\r\n",
                "HTTP/1.1 204 No Content\r\n\r\n",
                "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
                "HTTP/1.1 103 Early Hints\r\n\r\n" + OK
            })
    void plainHttpGoesThroughATunnel(String answer) throws IOException {
        try (RawServer proxy = proxy(answer, HI);
                ClientRig rig = rig(proxy)) {
            Call call = rig.get("http://a.example:81/x");
            assertThat(call.receivedBody()).isEqualTo("hi");
            assertThat(proxy.connection(0).received())
                    .isEqualTo(
                            "CONNECT 127.0.0.1:81 HTTP/1.1\r\n"
                                    + "Host: 127.0.0.1:81\r\n"
                                    + "proxy-authorization: Basic dXNlcjpwYXNz\r\n\r\n"
                                    + "GET /x HTTP/1.1\r\nHost: a.example:81\r\n\r\n");
        }
    }

    private static RawServer.Script secured(SSLContext context) {
        return connection -> {
            connection.secure(context);
            HI.run(connection);
        };
    }

    @Test
    void tlsInsideIsVerifiedForTheServersName() throws Exception {
        Certificates trusted = Certificates.in(directory, InstantSource.system());
        UpstreamTls tls = UpstreamTls.trusting(SslProvider.JDK, List.of(trusted.root()));
        try (RawServer proxy = proxy(OK, secured(trusted.serverFor("a.example")));
                ClientRig rig = new ClientRig(tls, at(proxy.port()))) {
            assertThat(rig.get("https://a.example/x").receivedBody()).isEqualTo("hi");
        }
        try (RawServer proxy = proxy(OK, secured(trusted.serverFor("127.0.0.1")));
                ClientRig rig = new ClientRig(tls, at(proxy.port()))) {
            Call call = rig.get("https://a.example/x");
            assertThat(call.failure().code()).isEqualTo(ErrorCode.TLS_FAILED);
            await().until(() -> proxy.connection(0).ended());
            assertThat(proxy.connection(0).received()).doesNotContain("GET");
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {403, 407, 502, 301})
    void aRefusalIsNamedWithoutItsBody(int status) throws IOException {
        String answer = "HTTP/1.1 " + status + " No\r\nContent-Length: 6\r\n\r\nsecret";
        try (RawServer proxy = proxy(answer, RawServer.Connection::close);
                ClientRig rig = rig(proxy)) {
            Call call = rig.get("https://a.example/x");
            assertThat(call.failure().code()).isEqualTo(ErrorCode.UPSTREAM_PROXY_REFUSED);
            assertThat(call.failure().detail()).endsWith("with " + status);
            assertThat(call.failure().toString()).doesNotContain("secret", "pass");
            assertThat(call.failure().remedy().contains("PROXY_UPSTREAM_PROXY"))
                    .isEqualTo(status == 407);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "SSH-2.0-x\r\n\r\n",
                "HTTP/1.1 200 OK\nx: y\n\n",
                "HTTP/1.1 101 Switching Protocols\r\n\r\n",
                OK + "x",
                OK + OK
            })
    void anAnswerThatIsNotExactlyOneHeadIsAnError(String answer) throws IOException {
        try (RawServer proxy = proxy(answer, RawServer.Connection::readToEnd);
                ClientRig rig = rig(proxy)) {
            assertThat(rig.get("http://a.example/x").failure().code())
                    .isEqualTo(ErrorCode.BAD_RESPONSE);
            assertThat(proxy.connection(0).received()).doesNotContain("GET");
        }
    }

    @Test
    void aProxyThatClosesOrIsNotThereOrIsSilent() throws IOException {
        try (RawServer proxy = proxy("", RawServer.Connection::close);
                ClientRig rig = rig(proxy)) {
            assertThat(rig.get("http://a.example/x").failure().code())
                    .isEqualTo(ErrorCode.CONNECT_FAILED);
        }
        try (ClientRig rig = new ClientRig(ClientRig.systemTls(), at(FullBacklog.unusedPort()))) {
            assertThat(rig.get("http://a.example/x").failure().detail())
                    .isEqualTo("No connection to the upstream proxy could be made");
        }
        try (RawServer proxy = proxy("HTTP/1.1 200 OK\r\n", RawServer.Connection::readToEnd);
                ClientRig rig = rig(proxy)) {
            assertThat(rig.get("http://a.example/x").failure().code())
                    .isEqualTo(ErrorCode.CONNECT_TIMEOUT);
        }
    }

    @Test
    void whatMayNotBeReachedIsNotAskedFor() throws IOException {
        try (RawServer proxy = proxy(OK, HI);
                ClientRig rig = rig(proxy)) {
            assertThat(rig.get("http://10.0.0.1/x").failure().code())
                    .isEqualTo(ErrorCode.ADDRESS_FORBIDDEN);
            assertThat(proxy.connections()).isZero();
        }
    }

    @Test
    void anExemptHostIsDialledDirectly() throws IOException {
        try (RawServer proxy = proxy(OK, HI);
                RawServer server = RawServer.plain(HI);
                ClientRig rig = rig(proxy)) {
            Call call = rig.get("http://b.example:" + server.port() + "/x");
            assertThat(call.receivedBody()).isEqualTo("hi");
            assertThat(proxy.connections()).isZero();
        }
    }

    @Test
    void aTunnelIsReusedForItsAuthorityOnly() throws IOException {
        RawServer.Script twice =
                connection -> {
                    for (int i = 0; i < 2; i++) {
                        connection.readHead();
                        connection.write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi");
                    }
                    connection.readToEnd();
                };
        try (RawServer proxy = proxy(OK, twice);
                ClientRig rig = rig(proxy)) {
            rig.get("http://a.example:81/x");
            rig.get("http://a.example:81/x");
            assertThat(proxy.connections()).isEqualTo(1);
            rig.get("http://a.example:82/x");
            assertThat(proxy.connections()).isEqualTo(2);
        }
    }

    @Test
    void noLoginIsNoField() throws IOException {
        try (RawServer proxy = proxy(OK, HI);
                ClientRig rig =
                        new ClientRig(
                                ClientRig.systemTls(),
                                new UpstreamProxy(
                                        at(proxy.port()).authority(),
                                        Optional.empty(),
                                        List.of()))) {
            rig.get("http://a.example:81/x");
            assertThat(proxy.connection(0).received()).doesNotContain("authorization");
        }
    }
}

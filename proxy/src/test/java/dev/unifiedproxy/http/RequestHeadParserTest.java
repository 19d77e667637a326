package dev.unifiedproxy.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.unifiedproxy.error.ErrorCode;
import dev.unifiedproxy.error.RefusedException;

import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpRequestDecoder;
import io.netty.util.ReferenceCountUtil;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Each attack by its name, each with the near miss that has to pass. */
final class RequestHeadParserTest {
    private static final String HOST = "Host: a.example\r\n";

    static RequestHead parse(String head) {
        byte[] bytes = head.getBytes(StandardCharsets.ISO_8859_1);
        return RequestHeadParser.parse(bytes, bytes.length);
    }

    private static String get(String fields) {
        return "GET /x HTTP/1.1\r\n" + HOST + fields + "\r\n";
    }

    private static String post(String fields) {
        return "POST /x HTTP/1.1\r\n" + HOST + fields + "\r\n";
    }

    private static String to(String target) {
        return "GET " + target + " HTTP/1.1\r\n" + HOST + "\r\n";
    }

    private static String connect(String target, String fields) {
        return "CONNECT " + target + " HTTP/1.1\r\nHost: a.example:443\r\n" + fields + "\r\n";
    }

    private static Arguments bad(String attack, String head) {
        return Arguments.of(attack, head, ErrorCode.MALFORMED);
    }

    private static Arguments bad(String attack, String head, ErrorCode code) {
        return Arguments.of(attack, head, code);
    }

    static Stream<Arguments> framingAttacks() {
        return Stream.of(
                bad("CL.TE", post("Content-Length: 3\r\nTransfer-Encoding: chunked\r\n")),
                bad("TE.CL", post("Transfer-Encoding: chunked\r\nContent-Length: 3\r\n")),
                bad("CL.CL different", post("Content-Length: 3\r\nContent-Length: 4\r\n")),
                bad("CL.CL equal", post("Content-Length: 3\r\nContent-Length: 3\r\n")),
                bad("CL list", post("Content-Length: 3, 3\r\n")),
                bad("CL plus sign", post("Content-Length: +5\r\n")),
                bad("CL hexadecimal", post("Content-Length: 0x5\r\n")),
                bad("CL negative", post("Content-Length: -5\r\n")),
                bad("CL inner blank", post("Content-Length: 5 5\r\n")),
                bad("CL empty", post("Content-Length:\r\n")),
                bad("CL fraction", post("Content-Length: 5.0\r\n")),
                bad("CL full-width digits", post("Content-Length: \u00b2\r\n")),
                bad("CL 19 digits", post("Content-Length: 9999999999999999999\r\n")),
                bad("CL overflow to 5", post("Content-Length: 18446744073709551621\r\n")),
                bad("TE chunked, identity", post("Transfer-Encoding: chunked, identity\r\n")),
                bad("TE gzip, chunked", post("Transfer-Encoding: gzip, chunked\r\n")),
                bad("TE xchunked", post("Transfer-Encoding: xchunked\r\n")),
                bad("TE identity", post("Transfer-Encoding: identity\r\n")),
                bad("TE empty", post("Transfer-Encoding:\r\n")),
                bad("TE quoted", post("Transfer-Encoding: \"chunked\"\r\n")),
                bad("TE vertical tab", post("Transfer-Encoding: \u000bchunked\r\n")),
                bad(
                        "TE twice",
                        post("Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n")),
                bad("TE space before colon", post("Transfer-Encoding : chunked\r\n")),
                bad("TE obs-fold", post("Transfer-Encoding:\r\n chunked\r\n")),
                bad("CL obs-fold", post("Content-Length: 1\r\n\t0\r\n")),
                bad("TE hidden behind LF", post("X: y\nTransfer-Encoding: chunked\r\n")),
                bad("TE hidden behind CR", post("X: y\rTransfer-Encoding: chunked\r\n")));
    }

    static Stream<Arguments> lineAttacks() {
        return Stream.of(
                bad("bare LF everywhere", "GET /x HTTP/1.1\nHost: a.example\n\n"),
                bad("bare LF at the end", "GET /x HTTP/1.1\r\nHost: a.example\r\n\n"),
                bad("CR CR LF", "GET /x HTTP/1.1\r\r\nHost: a.example\r\n\r\n"),
                bad("CR before the end of the head", get("X: y\r\r\n")),
                bad("leading CRLF", "\r\n" + get("")),
                bad("space before colon", get("X : y\r\n")),
                bad("tab before colon", get("X\t: y\r\n")),
                bad("obs-fold", get("X: y\r\n z\r\n")),
                bad("folded first field", "GET /x HTTP/1.1\r\n " + HOST + "\r\n"),
                bad("no colon", get("X\r\n")),
                bad("no name", get(": y\r\n")),
                bad("non-ASCII name", get("X\u00e9: y\r\n")),
                bad("non-ASCII target", to("/\u00e9")),
                bad("missing Host", "GET /x HTTP/1.1\r\n\r\n"),
                bad("two Hosts", get("Host: b.example\r\n")),
                bad("two equal Hosts", get(HOST)),
                bad("HTTP/0.9", "GET /x\r\n\r\n"),
                bad("two blanks", "GET  /x HTTP/1.1\r\n" + HOST + "\r\n"),
                bad("tab for a blank", "GET\t/x\tHTTP/1.1\r\n" + HOST + "\r\n"),
                bad("blank behind the version", "GET /x HTTP/1.1 \r\n" + HOST + "\r\n"),
                bad("blank in the target", to("/a b")),
                bad("method is no token", "G@T /x HTTP/1.1\r\n" + HOST + "\r\n"),
                bad("bytes behind the head", get("") + "GET"),
                bad("nothing", ""));
    }

    static Stream<Arguments> requestAttacks() {
        ErrorCode version = ErrorCode.VERSION_UNSUPPORTED;
        ErrorCode method = ErrorCode.METHOD_UNSUPPORTED;
        ErrorCode upgrade = ErrorCode.UPGRADE_UNSUPPORTED;
        return Stream.of(
                bad("HTTP/1.0", "GET /x HTTP/1.0\r\n" + HOST + "\r\n", version),
                bad("HTTP/1.2", "GET /x HTTP/1.2\r\n" + HOST + "\r\n", version),
                bad("HTTP/2.0", "GET /x HTTP/2.0\r\n" + HOST + "\r\n", version),
                bad("lower-case version", "GET /x http/1.1\r\n" + HOST + "\r\n", version),
                bad("HTTP/2 preface", "PRI * HTTP/2.0\r\n\r\n", method),
                bad("lower-case method", "post /x HTTP/1.1\r\n" + HOST + "\r\n", method),
                bad("TRACE", "TRACE /x HTTP/1.1\r\n" + HOST + "\r\n", method),
                bad("PROPFIND", "PROPFIND /x HTTP/1.1\r\n" + HOST + "\r\n", method),
                bad("GETX", "GETX /x HTTP/1.1\r\n" + HOST + "\r\n", method),
                bad("user information", to("http://u:p@a.example/")),
                bad("fragment", to("http://a.example/x#f"), ErrorCode.PATH_AMBIGUOUS),
                bad("fragment of a query", to("http://a.example/x?q#f")),
                bad("backslash", to("http://a.example\\@b.example/")),
                bad("backslash in the path", to("/a\\b"), ErrorCode.PATH_AMBIGUOUS),
                bad("ftp", to("ftp://a.example/")),
                bad("no slashes", to("http:a.example/")),
                bad("no authority", to("http:///x")),
                bad("authority form with GET", to("a.example:443")),
                bad("port 0", to("http://a.example:0/")),
                bad("port 65536", to("http://a.example:65536/")),
                bad("CONNECT without port", connect("a.example", "")),
                bad("CONNECT with a path", connect("a.example:443/x", "")),
                bad("CONNECT to a URL", connect("http://a.example:443", "")),
                bad("CONNECT with user", connect("u@a.example:443", "")),
                bad("CONNECT with a body", connect("a.example:443", "Content-Length: 3\r\n")),
                bad("CONNECT chunked", connect("a.example:443", "Transfer-Encoding: chunked\r\n")),
                bad("CONNECT, other Host", connect("b.example:443", ""), ErrorCode.HOST_MISMATCH),
                bad(
                        "two upgrades",
                        get("Connection: upgrade\r\nUpgrade: websocket, h2c\r\n"),
                        upgrade),
                bad("h2c", get("Upgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n"), upgrade),
                bad("HTTP2-Settings alone", get("HTTP2-Settings: AAMAAABk\r\n"), upgrade),
                bad("Expect: other", post("Expect: 200-ok\r\n")),
                bad("129 fields", get("X: y\r\n".repeat(128)), ErrorCode.HEAD_TOO_LARGE));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource({"framingAttacks", "lineAttacks", "requestAttacks"})
    void refuses(String attack, String head, ErrorCode code) {
        RefusedException refused = catchThrowableOfType(RefusedException.class, () -> parse(head));
        assertThat(refused).as(attack).isNotNull();
        assertThat(refused.refusal().code()).isEqualTo(code);
    }

    static IntStream controlBytes() {
        return IntStream.concat(IntStream.range(0, 0x20), IntStream.of(0x7f));
    }

    @ParameterizedTest
    @MethodSource("controlBytes")
    void refusesControlBytesEverywhere(int code) {
        String control = String.valueOf((char) code);
        List<String> heads = new ArrayList<>();
        heads.add("GE" + control + "T /x HTTP/1.1\r\n" + HOST + "\r\n");
        heads.add(to("/a" + control + "b"));
        heads.add(to("/a?b" + control + "c"));
        heads.add(get("X" + control + "Y: z\r\n"));
        if (code != '\t') {
            heads.add(get("X: y" + control + "z\r\n"));
            heads.add(get("Host2: a" + control + "\r\n"));
        }
        for (String head : heads) {
            RefusedException refused =
                    catchThrowableOfType(RefusedException.class, () -> parse(head));
            assertThat(refused).as("control byte %d in %s", code, head).isNotNull();
            assertThat(refused.refusal().code()).isEqualTo(ErrorCode.MALFORMED);
        }
    }

    static Stream<Arguments> framings() {
        return Stream.of(
                Arguments.of(get(""), BodyFraming.NONE),
                Arguments.of(post("Content-Length: 0\r\n"), new BodyFraming.Length(0)),
                Arguments.of(post("Content-Length: 007\r\n"), new BodyFraming.Length(7)),
                Arguments.of(post("content-length:\t 5 \r\n"), new BodyFraming.Length(5)),
                Arguments.of(
                        post("Content-Length: 999999999999999999\r\n"),
                        new BodyFraming.Length(999_999_999_999_999_999L)),
                Arguments.of(post("Transfer-Encoding: chunked\r\n"), BodyFraming.CHUNKED),
                Arguments.of(post("transfer-encoding: Chunked \r\n"), BodyFraming.CHUNKED),
                Arguments.of(connect("a.example:443", ""), BodyFraming.NONE),
                Arguments.of(
                        connect("a.example:443", "Content-Length: 0\r\n"),
                        new BodyFraming.Length(0)));
    }

    @ParameterizedTest
    @MethodSource("framings")
    void knowsWhereTheBodyEnds(String head, BodyFraming framing) {
        RequestHead parsed = parse(head);
        assertThat(parsed.framing()).isEqualTo(framing);
        assertThat(parsed.expectsBody())
                .isEqualTo(
                        framing instanceof BodyFraming.Chunked
                                || (framing instanceof BodyFraming.Length(long n) && n > 0));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET /x HTTP/1.1\r\nHost: a.example\r\n\r\n",
                "OPTIONS * HTTP/1.1\r\nHost: a.example\r\n\r\n",
                "DELETE /a/b?c=d&e=%20f HTTP/1.1\r\n"
                        + "Host: a.example:8080\r\n"
                        + "X:\r\n"
                        + "X:  y z\t\r\n\r\n",
                "GET http://a.example/x?y HTTP/1.1\r\nhost: a.example\r\n\r\n",
                "GET https://a.example HTTP/1.1\r\nHost: a.example\r\n\r\n",
                "CONNECT a.example:443 HTTP/1.0\r\n\r\n",
                "CONNECT a.example:443 HTTP/1.1\r\nHost: a.example\r\n\r\n",
                "POST / HTTP/1.1\r\nHost: a.example\r\nExpect: 100-continue\r\n"
                        + "Content-Length: 3\r\nX: \u00e4\u00ff\r\nx-a!#$%&'*+-.^_`|~: 1\r\n\r\n"
            })
    void readsWhatNettyReads(String head) {
        RequestHead ours = parse(head);

        EmbeddedChannel channel = new EmbeddedChannel(new HttpRequestDecoder());
        channel.writeInbound(Unpooled.copiedBuffer(head, StandardCharsets.ISO_8859_1));
        HttpRequest theirs = channel.readInbound();
        assertThat(theirs.decoderResult().isSuccess()).isTrue();
        assertThat(ours.method().name()).isEqualTo(theirs.method().name());
        assertThat(ours.http10()).isEqualTo(theirs.protocolVersion().minorVersion() == 0);
        List<String> lines = new ArrayList<>();
        for (int i = 0; i < ours.headers().size(); i++) {
            lines.add(ours.headers().name(i) + "=" + ours.headers().value(i));
        }
        assertThat(lines)
                .isEqualTo(
                        theirs.headers().entries().stream()
                                .map(entry -> entry.getKey() + "=" + entry.getValue())
                                .toList());
        channel.inboundMessages().forEach(ReferenceCountUtil::release);
        channel.inboundMessages().clear();
        channel.finishAndReleaseAll();
    }

    @Test
    void takesTheMostFieldsThatMayBe() {
        assertThat(parse(get("X: y\r\n".repeat(HeadReader.MAX_FIELDS - 1))).headers().size())
                .isEqualTo(HeadReader.MAX_FIELDS);
    }

    @Test
    void keepsPathAndQueryAsTheyAreJudged() {
        assertThat(parse(to("/a/b?c=d%2F")).target())
                .isEqualTo(new RequestTarget.Origin(NormalPath.parse("/a/b"), "c=d%2F", true));
        assertThat(parse(to("http://A.Example./x")).target().toString()).contains("a.example:80");
    }
}

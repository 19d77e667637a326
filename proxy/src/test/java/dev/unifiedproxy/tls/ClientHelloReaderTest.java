package dev.unifiedproxy.tls;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Stream;

final class ClientHelloReaderTest {
    private static final ClientHelloReader.Result WAITING = new ClientHelloReader.Waiting();

    private static ClientHelloReader.Result read(byte[] bytes) {
        return new ClientHelloReader().read(Unpooled.wrappedBuffer(bytes));
    }

    /** Feeds the bytes one by one and demands that nothing is decided before the last one. */
    private static ClientHelloReader.Result readByteByByte(byte[] bytes) {
        ClientHelloReader reader = new ClientHelloReader();
        ByteBuf in = Unpooled.buffer();
        for (int i = 0; i < bytes.length - 1; i++) {
            in.writeByte(bytes[i]);
            assertThat(reader.read(in)).as("after byte %d", i).isEqualTo(WAITING);
        }
        in.writeByte(bytes[bytes.length - 1]);
        ClientHelloReader.Result result = reader.read(in);
        assertThat(in.readableBytes()).isEqualTo(bytes.length);
        return result;
    }

    private static ClientHelloReader.Result named(String name) {
        return new ClientHelloReader.Complete(Optional.of(name), false);
    }

    @Test
    void realHelloIsRead() throws Exception {
        byte[] hello = TlsFixtures.jdkClientHello("a.example");
        assertThat(read(hello)).isEqualTo(named("a.example"));
        assertThat(readByteByByte(hello)).isEqualTo(named("a.example"));
        assertThat(read(TlsFixtures.join(hello, new byte[] {9, 9}))).isEqualTo(named("a.example"));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 7, 40, 1000})
    void helloOverSeveralRecordsIsRead(int size) {
        byte[] message =
                TlsFixtures.handshake(
                        TlsFixtures.helloBody(Optional.of(TlsFixtures.serverName("a.example"))));
        byte[] records = TlsFixtures.records(message, size);
        assertThat(read(records)).isEqualTo(named("a.example"));
        assertThat(readByteByByte(records)).isEqualTo(named("a.example"));
    }

    @ParameterizedTest
    @ValueSource(ints = {0xfe0d, 0xffce})
    void encryptedHelloIsSeenWhereverItStands(int type) {
        byte[] name = TlsFixtures.serverName("a.example");
        byte[] encrypted = {(byte) (type >>> 8), (byte) type, 0, 1, 0};
        ClientHelloReader.Result seen =
                new ClientHelloReader.Complete(Optional.of("a.example"), true);
        assertThat(read(withExtensions(TlsFixtures.join(name, encrypted)))).isEqualTo(seen);
        assertThat(readByteByByte(withExtensions(TlsFixtures.join(encrypted, name))))
                .isEqualTo(seen);
        byte[] neighbour = {(byte) (type >>> 8), (byte) (type + 1), 0, 1, 0};
        assertThat(read(withExtensions(TlsFixtures.join(name, neighbour))))
                .isEqualTo(named("a.example"));
    }

    @Test
    void absentNameIsEmpty() {
        ClientHelloReader.Result none = new ClientHelloReader.Complete(Optional.empty(), false);
        assertThat(read(TlsFixtures.clientHello(Optional.empty()))).isEqualTo(none);
        byte[] body = TlsFixtures.helloBody(Optional.empty());
        byte[] withoutExtensions = Arrays.copyOf(body, body.length - 2);
        assertThat(read(TlsFixtures.record(TlsFixtures.handshake(withoutExtensions))))
                .isEqualTo(none);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "SSH-2.0-x",
                "GET / HTTP/1.1\r\n\r\n",
                "\u0000",
                "\u0015\u0003\u0003",
                "\u0080"
            })
    void otherProtocolsAreNotTls(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
        ClientHelloReader.Result expected = new ClientHelloReader.NotTls(bytes[0] & 0xff);
        assertThat(read(bytes)).isEqualTo(expected);
        assertThat(read(Arrays.copyOf(bytes, 1))).isEqualTo(expected);
    }

    static Stream<Arguments> broken() {
        byte[] name = TlsFixtures.serverName("a.example");
        byte[] twoNames = name.clone();
        twoNames[8] = 4;
        byte[] otherType = name.clone();
        otherType[6] = 1;
        byte[] emptyName = TlsFixtures.serverName("");
        return Stream.of(
                Arguments.of("version", new byte[] {22, 2}, "record version 2"),
                Arguments.of("no bytes", new byte[] {22, 3, 1, 0, 0}, "record of no bytes"),
                Arguments.of(
                        "alert in between",
                        TlsFixtures.join(TlsFixtures.record(new byte[] {1, 0}), new byte[] {21}),
                        "record of type 21"),
                Arguments.of(
                        "server hello", TlsFixtures.record(new byte[] {2}), "message of type 2"),
                Arguments.of(
                        "large message",
                        TlsFixtures.record(new byte[] {1, 1, 0, 0}),
                        "ClientHello of 65536 bytes"),
                Arguments.of("large record", new byte[] {22, 3, 1, 64, 0}, "more than 16384"),
                Arguments.of("no body", hello(new byte[0]), "do not add up"),
                Arguments.of("short body", hello(new byte[20]), "do not add up"),
                Arguments.of(
                        "trailing bytes",
                        hello(
                                TlsFixtures.join(
                                        TlsFixtures.helloBody(Optional.of(name)), new byte[1])),
                        "bytes after"),
                Arguments.of(
                        "twice", withExtensions(TlsFixtures.join(name, name)), "two server_name"),
                Arguments.of("short entry", withExtensions(twoNames), "not one host_name"),
                Arguments.of("other type", withExtensions(otherType), "not one host_name"),
                Arguments.of("empty name", withExtensions(emptyName), "not one host_name"),
                Arguments.of("empty value", withExtensions(new byte[4]), "do not add up"),
                Arguments.of("half extension", withExtensions(new byte[3]), "do not add up"));
    }

    private static byte[] hello(byte[] body) {
        return TlsFixtures.record(TlsFixtures.handshake(body));
    }

    private static byte[] withExtensions(byte[] extensions) {
        return hello(TlsFixtures.helloBody(Optional.of(extensions)));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("broken")
    void brokenHelloIsRefused(String what, byte[] bytes, String reason) {
        assertThat(read(bytes))
                .as(what)
                .isInstanceOfSatisfying(
                        ClientHelloReader.Malformed.class,
                        malformed -> assertThat(malformed.reason()).contains(reason));
        assertThat(readByteByByte(bytes)).isEqualTo(read(bytes));
    }

    @Test
    void boundIsOnRecordsWithTheirHeaders() {
        // One padding extension fills what record, message, body and extension header leave.
        byte[] padding = new byte[ClientHelloReader.MAX_BYTES - 5 - 4 - 43];
        int value = padding.length - 4;
        padding[1] = 21;
        padding[2] = (byte) (value >>> 8);
        padding[3] = (byte) value;
        byte[] largest = withExtensions(padding);
        assertThat(largest).hasSize(ClientHelloReader.MAX_BYTES);
        assertThat(read(largest))
                .isEqualTo(new ClientHelloReader.Complete(Optional.empty(), false));

        byte[] tooLarge = TlsFixtures.records(Arrays.copyOfRange(largest, 5, largest.length), 8192);
        assertThat(read(tooLarge)).isInstanceOf(ClientHelloReader.Malformed.class);
    }

    @Test
    void byteIsPrintedAsHex() {
        assertThat(ClientHelloReader.hex(0x53)).isEqualTo("0x53");
        assertThat(ClientHelloReader.hex(0x80)).isEqualTo("0x80");
    }
}

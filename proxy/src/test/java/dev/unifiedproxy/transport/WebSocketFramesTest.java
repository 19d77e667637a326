package dev.unifiedproxy.transport;

import static org.assertj.core.api.Assertions.assertThat;

import dev.unifiedproxy.error.ErrorCode;
import dev.unifiedproxy.error.RefusedException;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/** RFC 6455 section 5, each transcript whole and cut at every byte. */
class WebSocketFramesTest {
    /** What passed, why nothing more did, and how the direction stands. */
    private record Outcome(String passed, String problem, int closeCode, boolean closed) {}

    private static Outcome read(WebSocketFrames frames, List<byte[]> pieces) {
        StringBuilder passed = new StringBuilder();
        String problem = "";
        for (byte[] piece : pieces) {
            try {
                frames.read(
                        Unpooled.copiedBuffer(piece),
                        bytes -> {
                            passed.append(ByteBufUtil.hexDump(bytes));
                            bytes.release();
                        });
            } catch (RefusedException e) {
                assertThat(frames.betweenFrames()).isTrue();
                problem = e.refusal().code() + " " + e.refusal().detail();
                break;
            }
        }
        return new Outcome(passed.toString(), problem, frames.closeCode(), frames.closed());
    }

    private static WebSocketFrames frames(boolean client) {
        return client ? WebSocketFrames.ofClient() : WebSocketFrames.ofServer();
    }

    /** The outcome, which does not depend on where the bytes are cut. */
    private static Outcome everywhere(boolean client, String hex) {
        byte[] bytes = HexFormat.of().parseHex(hex.replace(" ", ""));
        Outcome whole = read(frames(client), List.of(bytes));
        List<byte[]> single = new ArrayList<>();
        for (int at = 0; at < bytes.length; at++) {
            single.add(new byte[] {bytes[at]});
            if (at > 0) {
                List<byte[]> cut = WireTranscript.cut(bytes, List.of(at));
                assertThat(read(frames(client), cut)).as("cut at %d", at).isEqualTo(whole);
            }
        }
        assertThat(read(frames(client), single)).as("byte by byte").isEqualTo(whole);
        return whole;
    }

    @ParameterizedTest
    @CsvSource({
        "text, false, 81 05 48656c6c6f",
        "text of a client, true, 81 85 37fa213d 7f9f4d5158",
        "empty, false, 81 00",
        "empty of a client, true, 82 80 00000000",
        "fragments, false, 01 03 48656c 80 02 6c6f",
        "empty fragments, false, 01 00 00 00 80 00",
        "control between fragments, false, 01 01 41 89 01 42 00 01 43 8a 00 80 00",
        "two frames, true, 81 81 01020304 05 89 80 01020304",
        "Close without code, false, 88 00",
        "Close, false, 88 02 03e8",
        "Close with reason, true, 88 84 01020304 02ea 6e6f",
        "application's code, false, 88 02 1387",
        "bad gateway, false, 88 02 03f6",
    })
    void whatIsRightPassesUnchanged(String name, boolean client, String hex) {
        Outcome outcome = everywhere(client, hex);
        assertThat(outcome.passed).as(name).isEqualTo(hex.replace(" ", ""));
        assertThat(outcome.problem).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "reserved bit 1, false, c1 00",
        "reserved bit 2, false, a1 00",
        "reserved bit 3, false, 91 00",
        "opcode 3, false, 83 00",
        "opcode 7, true, 87 80 00000000",
        "opcode 11, false, 8b 00",
        "opcode 15, false, 8f 00",
        "client without mask, true, 81 01 41",
        "client's Close without mask, true, 88 00",
        "server with mask, false, 81 81 01020304 40",
        "ping in fragments, false, 09 00",
        "ping of 126 bytes, false, 89 7e 007e",
        "Close in fragments, false, 08 00",
        "half a code, false, 88 01 03",
        "code 0, false, 88 02 0000",
        "code 999, false, 88 02 03e7",
        "code 1004, false, 88 02 03ec",
        "code 1005, false, 88 02 03ed",
        "code 1006, false, 88 02 03ee",
        "code 1015, false, 88 02 03f7",
        "code 2999, false, 88 02 0bb7",
        "code 5000, false, 88 02 1388",
        "code 1005 of a client, true, 88 82 01020304 02ef",
        "continuation of nothing, false, 80 00",
        "continuation behind the end, false, 01 00 80 00 80 00",
        "message within a message, false, 01 00 81 00",
        "two bytes for 125, false, 82 7e 007d",
        "eight bytes for 65535, false, 82 7f 000000000000ffff",
    })
    void whatIsWrongIsAProtocolError(String name, boolean client, String hex) {
        Outcome outcome = everywhere(client, hex);
        assertThat(outcome.problem)
                .as(name)
                .startsWith((client ? ErrorCode.MALFORMED : ErrorCode.BAD_RESPONSE).toString());
        assertThat(outcome.closeCode).isEqualTo(1002);
    }

    @ParameterizedTest
    @CsvSource({"7f 0000000010000001", "7f 8000000000000000", "7f ffffffffffffffff"})
    void aFrameThatIsTooLongIsTooBig(String length) {
        assertThat(everywhere(false, "82 " + length).closeCode).isEqualTo(1009);
    }

    @Test
    void whatCameBeforeTheErrorHasPassed() {
        Outcome outcome = everywhere(false, "81 01 41 89 00 83 00 81 01 42");
        assertThat(outcome.passed).isEqualTo("8101418900");
    }

    @Test
    void whatComesBehindACloseIsThrownAway() {
        Outcome outcome = everywhere(false, "88 02 03e8 81 01 41 ff ff");
        assertThat(outcome.passed).isEqualTo("880203e8");
        assertThat(outcome.closed).isTrue();
        assertThat(outcome.problem).isEmpty();
    }

    @Test
    void aPayloadIsNotCopiedAndEndsAnywhere() {
        WebSocketFrames frames = WebSocketFrames.ofServer();
        ByteBuf piece =
                Unpooled.buffer().writeBytes(HexFormat.of().parseHex("827f0000000010000000"));
        piece.writeZero(100);
        List<ByteBuf> passed = new ArrayList<>();
        frames.read(piece, passed::add);
        assertThat(passed).containsExactly(piece);
        assertThat(frames.betweenFrames()).isFalse();
        passed.forEach(ByteBuf::release);
    }

    @Test
    void aControlFramePassesAsAWhole() {
        WebSocketFrames frames = WebSocketFrames.ofServer();
        List<ByteBuf> passed = new ArrayList<>();
        frames.read(Unpooled.wrappedBuffer(new byte[] {(byte) 0x89, 2, 1}), passed::add);
        assertThat(passed).isEmpty();
        assertThat(frames.betweenFrames()).isTrue();
        frames.read(Unpooled.wrappedBuffer(new byte[] {2, (byte) 0x81}), passed::add);
        assertThat(passed).extracting(ByteBufUtil::hexDump).containsExactly("89020102");
        passed.forEach(ByteBuf::release);
    }

    @Test
    void closeFramesOfOursAreRight() {
        for (String reason : List.of("", "why", "x".repeat(300), "é".repeat(100))) {
            ByteBuf toClient = WebSocketClose.toClient(1008, reason);
            ByteBuf toServer = WebSocketClose.toServer(1001, reason);
            assertThat(toClient.readableBytes()).isLessThanOrEqualTo(127);
            WebSocketFrames server = WebSocketFrames.ofServer();
            server.read(toClient, ByteBuf::release);
            assertThat(server.closed()).isTrue();
            WebSocketFrames client = WebSocketFrames.ofClient();
            client.read(toServer, ByteBuf::release);
            assertThat(client.closed()).isTrue();
        }
    }
}

package dev.unifiedproxy.scenario;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;

/**
 * How the stand-in server answers; the path says: {@code /status/404}, {@code /delay/500}, {@code
 * /sse}, {@code /bytes/1000}, {@code /redirect?to=URL}, {@code /early}, {@code /stall}, {@code
 * /hints}, {@code /trailers}, {@code /until-close}, {@code /raw/garbage}, {@code /raw/smuggle},
 * {@code /drop}. Every other path is answered with the names of the fields that came, never with
 * their values.
 */
public final class UpstreamScript {
    private static final long LONGEST_WAIT_SECONDS = 30;

    private final List<Exception> problems = new CopyOnWriteArrayList<>();
    private final AtomicLong sent = new AtomicLong();
    private volatile CountDownLatch gate = new CountDownLatch(1);

    /** Reads the request's body and notes the request. */
    interface Body {
        SeenRequest read() throws IOException;
    }

    /** Closes the gate at which {@code /sse}, {@code /early} and {@code /stall} wait. */
    public void closeGate() {
        gate = new CountDownLatch(1);
    }

    /** Lets them go on. */
    public void openGate() {
        gate.countDown();
    }

    /** Bytes that {@code /bytes} could write so far. */
    public long sent() {
        return sent.get();
    }

    /** Begins to count the bytes anew. */
    public void resetSent() {
        sent.set(0);
    }

    /** A connection that ended inside a message: some tests want that. */
    void problem(Exception e) {
        problems.add(e);
    }

    /** Plays one exchange; says whether the connection may go on. */
    boolean play(Wire.Head head, Body body, OutputStream out) throws IOException {
        String[] line = head.firstLine().split(" ", -1);
        String target = line[1];
        String path =
                target.substring(
                        0, target.indexOf('?') < 0 ? target.length() : target.indexOf('?'));
        String[] parts = path.split("/", -1);
        if (parts.length > 1 && parts[1].equals("early")) {
            return early(body, out);
        }
        if (parts.length > 1 && parts[1].equals("stall")) {
            await();
        }
        if (head.first("expect").isPresent()) {
            send(out, "HTTP/1.1 100 Continue\r\n\r\n");
        }
        SeenRequest request = body.read();
        boolean withBody = !line[0].equals("HEAD");
        switch (parts.length > 1 ? parts[1] : "") {
            case "status" -> answer(out, Integer.parseInt(parts[2]), "", "status", withBody);
            case "delay" -> {
                pause(Long.parseLong(parts[2]));
                answer(out, 200, "", "late", withBody);
            }
            case "redirect" ->
                    answer(
                            out,
                            302,
                            "Location: " + target.substring(target.indexOf("to=") + 3) + "\r\n",
                            "",
                            withBody);
            case "bytes" -> bytes(out, Long.parseLong(parts[2]));
            case "sse" -> events(out);
            case "hints" -> {
                send(out, "HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\n");
                answer(out, 200, "", "after hints", withBody);
            }
            case "trailers" ->
                    send(
                            out,
                            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
                                    + "3\r\nabc\r\n0\r\nX-Checksum: 5\r\n\r\n");
            case "until-close" -> {
                send(out, "HTTP/1.1 200 OK\r\n\r\nuntil the end");
                return false;
            }
            case "raw" -> {
                return raw(out, parts[2]);
            }
            case "drop" -> {
                return false;
            }
            default ->
                    answer(out, 200, "Content-Type: application/json\r\n", echo(request), withBody);
        }
        return true;
    }

    private static String echo(SeenRequest request) {
        return "{\"line\": \"%s\", \"fields\": \"%s\", \"body_bytes\": %d, \"body_sha256\": \"%s\"}"
                .formatted(
                        request.line(),
                        request.fields().stream()
                                .map(Wire.Field::name)
                                .collect(Collectors.joining(",")),
                        request.bodyBytes(),
                        request.bodySha256());
    }

    private boolean early(Body body, OutputStream out) throws IOException {
        answer(out, 413, "", "too much", true);
        await();
        body.read();
        return true;
    }

    private static boolean raw(OutputStream out, String what) throws IOException {
        String answer =
                switch (what) {
                    case "smuggle" ->
                            "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokHTTP/1.1 200 OK\r\n"
                                    + "Content-Length: 6\r\n\r\nstolen";
                    case "half" ->
                            "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokHTTP/1.1 200 OK\r\n"
                                    + "X-Stolen: yes\r\nX-Rest: ";
                    case "both" ->
                            "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked"
                                    + "\r\n\r\n0\r\n\r\n";
                    case "no-content-body" ->
                            "HTTP/1.1 204 No Content\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 6"
                                    + "\r\n\r\nstolen";
                    case "head-body" -> "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello";
                    case "cut" -> "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf";
                    default -> "\u0016\u0003this is not HTTP\r\n\r\n";
                };
        send(out, answer);
        return List.of("smuggle", "half", "no-content-body", "head-body").contains(what);
    }

    private void events(OutputStream out) throws IOException {
        send(
                out,
                "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked"
                        + "\r\n\r\n");
        chunk(out, "data: first\n\n");
        await();
        chunk(out, "data: second\n\n");
        send(out, "0\r\n\r\n");
    }

    private static void chunk(OutputStream out, String text) throws IOException {
        send(out, Integer.toHexString(text.length()) + "\r\n" + text + "\r\n");
    }

    private void bytes(OutputStream out, long count) throws IOException {
        send(out, "HTTP/1.1 200 OK\r\nContent-Length: " + count + "\r\n\r\n");
        byte[] block = new byte[64 * 1024];
        Arrays.fill(block, (byte) 'x');
        long left = count;
        while (left > 0) {
            int length = (int) Math.min(left, block.length);
            out.write(block, 0, length);
            sent.addAndGet(length);
            left -= length;
        }
        out.flush();
    }

    private static void answer(
            OutputStream out, int status, String fields, String text, boolean withBody)
            throws IOException {
        boolean bodiless = status == 204 || status == 304;
        String length = bodiless ? "" : "Content-Length: " + text.length() + "\r\n";
        send(
                out,
                "HTTP/1.1 "
                        + status
                        + " Status\r\nX-Upstream: yes\r\n"
                        + fields
                        + length
                        + "\r\n"
                        + (withBody && !bodiless ? text : ""));
    }

    private static void send(OutputStream out, String text) throws IOException {
        out.write(text.getBytes(StandardCharsets.ISO_8859_1));
        out.flush();
    }

    private void await() throws IOException {
        try {
            if (!gate.await(LONGEST_WAIT_SECONDS, TimeUnit.SECONDS)) {
                throw new IOException("nobody opened the gate");
            }
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }

    /** A gate that nobody opens is a delay without sleeping. */
    private static void pause(long milliseconds) throws IOException {
        try {
            boolean opened = new CountDownLatch(1).await(milliseconds, TimeUnit.MILLISECONDS);
            if (opened) {
                throw new IOException("the gate opened by itself");
            }
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }
}

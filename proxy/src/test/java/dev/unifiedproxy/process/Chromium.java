package dev.unifiedproxy.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** A browser in a sandbox, which trusts the proxy's authority as a person would make it. */
final class Chromium {
    private Chromium() {}

    /** Loads a page and gives its document as it is when all of it is loaded. */
    static Outcome dump(Map<String, String> sandbox, ServeProcess serve, String url)
            throws Exception {
        Path home = Path.of(sandbox.get("HOME"));
        Path store = Files.createDirectories(home.resolve(".pki").resolve("nssdb"));
        String database = "sql:" + store;
        run(sandbox, "certutil", "-d", database, "-N", "--empty-password");
        run(
                sandbox,
                "certutil",
                "-d",
                database,
                "-A",
                "-t",
                "C,,",
                "-n",
                "unified-proxy",
                "-i",
                serve.certificates().resolve("mitmproxy-ca.pem").toString());
        return Outcome.of(
                home,
                sandbox,
                List.of(
                        "chromium",
                        "--headless",
                        "--no-sandbox",
                        "--disable-gpu",
                        "--disable-background-networking",
                        "--disable-component-update",
                        "--no-first-run",
                        "--user-data-dir=" + home.resolve("chromium"),
                        "--proxy-server=http://127.0.0.1:" + serve.port(),
                        "--dump-dom",
                        url));
    }

    private static void run(Map<String, String> sandbox, String... command) throws Exception {
        Outcome outcome = Outcome.of(Path.of(sandbox.get("HOME")), sandbox, List.of(command));
        assertThat(outcome.status()).as(outcome.all()).isZero();
    }
}

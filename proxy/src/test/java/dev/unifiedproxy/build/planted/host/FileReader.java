package dev.unifiedproxy.build.planted.host;

import java.nio.file.Path;

final class FileReader {
    Path path() {
        return Path.of("hosts");
    }
}

package dev.unifiedproxy.app;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What the files of a policy look like from outside at one moment: two equal looks mean that
 * nothing was written in between.
 *
 * <p>Links are followed, so a mount that swaps a link to a whole directory is seen. The moment of
 * the last change of the inode is part of it, so a copy that keeps size and times is seen too.
 *
 * @param marks one for each file, in their order; how it is absent for a file that cannot be seen
 */
record PolicyFiles(List<String> marks) {
    /** Copies the list. */
    PolicyFiles {
        marks = List.copyOf(marks);
    }

    /** Looks at the files now. */
    static PolicyFiles look(List<Path> files) {
        List<String> marks = new ArrayList<>(files.size());
        for (Path file : files) {
            marks.add(mark(file));
        }
        return new PolicyFiles(marks);
    }

    private static String mark(Path file) {
        try {
            Map<String, Object> seen =
                    Files.readAttributes(file, "unix:dev,ino,size,lastModifiedTime,ctime");
            return file.toRealPath() + " " + new TreeMap<>(seen);
        } catch (IOException e) {
            return e.getClass().getSimpleName();
        }
    }
}

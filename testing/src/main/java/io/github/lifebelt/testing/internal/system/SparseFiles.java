package io.github.lifebelt.testing.internal.system;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFileAttributes;

/** Copies of large files that are mostly zeros, as a database's first ones: the zeros are left out. */
final class SparseFiles {
    /** From which size on it is quicker than to copy all. */
    static final long WORTH_IT = 1 << 20;

    private static final int BLOCK = 16_384;
    private static final ByteBuffer ZEROS = ByteBuffer.allocateDirect(BLOCK).asReadOnlyBuffer();

    private SparseFiles() {}

    /** Copies to where nothing is yet, with permissions and (as root) owner. */
    static void copy(Path source, Path target) throws IOException {
        ByteBuffer block = ByteBuffer.allocateDirect(BLOCK);
        try (FileChannel in = FileChannel.open(source, StandardOpenOption.READ);
                RandomAccessFile file = new RandomAccessFile(target.toFile(), "rw");
                FileChannel out = file.getChannel()) {
            file.setLength(in.size());
            long position = 0;
            while (in.read(block) >= 0) {
                block.flip();
                if (block.mismatch(ZEROS.duplicate().limit(block.limit())) >= 0) {
                    writeAll(out, block, position);
                }
                position += block.limit();
                block.clear();
            }
        }
        copyAttributes(source, target);
    }

    private static void writeAll(FileChannel out, ByteBuffer block, long from) throws IOException {
        long position = from;
        while (block.hasRemaining()) {
            position += out.write(block, position);
        }
    }

    private static void copyAttributes(Path source, Path target) throws IOException {
        PosixFileAttributes wanted = Files.readAttributes(source, PosixFileAttributes.class);
        PosixFileAttributeView view = Files.getFileAttributeView(target, PosixFileAttributeView.class);
        if (!view.getOwner().equals(wanted.owner())) {
            view.setOwner(wanted.owner());
        }
        view.setPermissions(wanted.permissions());
    }
}

package io.github.lifebelt.apps.benchmarks.results;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.ImageTypeSpecifier;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.metadata.IIOMetadata;
import javax.imageio.metadata.IIOMetadataNode;
import javax.imageio.stream.ImageInputStream;
import javax.imageio.stream.ImageOutputStream;
import org.w3c.dom.NodeList;

/** Pictures that say what they show: fonts make their pixels others on other machines, so those cannot be compared. */
final class Png {

    private static final String FORMAT = "javax_imageio_png_1.0";
    private static final String KEYWORD = "Rows";

    private Png() {}

    /** Writes a picture, with a word on what it was made of. */
    static void write(BufferedImage image, String madeOf, Path file) throws IOException {
        ImageWriter writer = ImageIO.getImageWritersByFormatName("png").next();
        IIOMetadata metadata = writer.getDefaultImageMetadata(new ImageTypeSpecifier(image), null);
        IIOMetadataNode entry = new IIOMetadataNode("tEXtEntry");
        entry.setAttribute("keyword", KEYWORD);
        entry.setAttribute("value", madeOf);
        IIOMetadataNode text = new IIOMetadataNode("tEXt");
        text.appendChild(entry);
        IIOMetadataNode root = new IIOMetadataNode(FORMAT);
        root.appendChild(text);
        metadata.mergeTree(FORMAT, root);
        Files.deleteIfExists(file);
        try (ImageOutputStream out = ImageIO.createImageOutputStream(file.toFile())) {
            writer.setOutput(out);
            // As small as can be.
            ImageWriteParam small = writer.getDefaultWriteParam();
            small.setCompressionMode(ImageWriteParam.MODE_EXPLICIT);
            small.setCompressionQuality(0);
            writer.write(null, new IIOImage(image, null, metadata), small);
        } finally {
            writer.dispose();
        }
    }

    /** The word on what a picture was made of. */
    static Optional<String> madeOf(Path file) throws IOException {
        ImageReader reader = ImageIO.getImageReadersByFormatName("png").next();
        try (ImageInputStream in = ImageIO.createImageInputStream(file.toFile())) {
            reader.setInput(in);
            IIOMetadataNode root = (IIOMetadataNode) reader.getImageMetadata(0).getAsTree(FORMAT);
            NodeList texts = root.getElementsByTagName("tEXtEntry");
            for (int i = 0; i < texts.getLength(); i++) {
                IIOMetadataNode text = (IIOMetadataNode) texts.item(i);
                if (text.getAttribute("keyword").equals(KEYWORD)) {
                    return Optional.of(text.getAttribute("value"));
                }
            }
            return Optional.empty();
        } finally {
            reader.dispose();
        }
    }
}

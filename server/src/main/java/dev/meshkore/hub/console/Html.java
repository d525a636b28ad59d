package dev.meshkore.hub.console;

import dev.meshkore.hub.http.Page;
import java.util.Map;
import java.util.regex.Pattern;

/// Text as HTML. Whatever comes in is escaped; only these methods write tags.
final class Html {
  private static final Pattern CODE = Pattern.compile("`([^`]+)`");
  private static final Page LAYOUT = Page.read("layout.html");

  private Html() {}

  static String escape(String text) {
    return Page.escapeHtml(text);
  }

  /// One line of text, in which backticks mark code.
  static String line(String text) {
    return CODE.matcher(escape(text.strip())).replaceAll("<code>$1</code>");
  }

  /// Paragraphs, and lists whose items start with a hyphen.
  static String text(String text) {
    var html = new StringBuilder();
    for (String block : text.strip().split("\\n\\s*\\n")) {
      if (block.startsWith("- ")) {
        html.append("<ul>");
        for (String item : block.substring(2).split("\\n- ")) {
          html.append("<li>").append(line(item)).append("</li>");
        }
        html.append("</ul>");
      } else if (!block.isBlank()) {
        html.append("<p>").append(line(block)).append("</p>");
      }
    }
    return html.toString();
  }

  static String code(String text) {
    return "<code>" + escape(text) + "</code>";
  }

  /// A whole page around some content.
  static String page(String title, String content) {
    return LAYOUT.fill(Map.of("title", escape(title), "content", content));
  }
}

// Everything the pages do by themselves; one behaviour a file.
import "./dialogs.js";
import "./toasts.js";

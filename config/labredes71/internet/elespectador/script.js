// The day that the paper is of: the reader's.
document.getElementById("fecha").textContent =
  new Date().toLocaleDateString("es", { weekday: "long", day: "numeric", month: "long", year: "numeric" });

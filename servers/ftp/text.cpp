#include "servers/ftp/text.hpp"

#include <algorithm>
#include <array>
#include <cerrno>

namespace labnet::ftp_server {
namespace {

struct ErrorText {
  int number;
  std::string_view spanish;
};

constexpr std::array spanish_errors{
    ErrorText{EACCES, "Permiso denegado"},
    ErrorText{EPERM, "Operación no permitida"},
    ErrorText{ENOENT, "No existe el archivo o la carpeta"},
    ErrorText{EEXIST, "El archivo ya existe"},
    ErrorText{ENOTDIR, "No es una carpeta"},
    ErrorText{EISDIR, "Es una carpeta"},
    ErrorText{ENOTEMPTY, "La carpeta no está vacía"},
    ErrorText{EROFS, "Sistema de archivos de sólo lectura"},
    ErrorText{EBUSY, "Está en uso"},
    ErrorText{EINVAL, "Argumento no válido"},
    ErrorText{EMFILE, "Demasiados archivos abiertos"},
    ErrorText{ENFILE, "Demasiados archivos abiertos en el sistema"},
    ErrorText{ENOMEM, "No hay memoria suficiente"},
    ErrorText{EIO, "Error de entrada/salida"},
};

}  // namespace

std::string error_text(Language language, const boost::system::error_code& error) {
  const auto known = std::ranges::find(spanish_errors, error.value(), &ErrorText::number);
  if (language == Language::spanish && known != spanish_errors.end()) return std::string{known->spanish};
  return error.message();
}

}  // namespace labnet::ftp_server
